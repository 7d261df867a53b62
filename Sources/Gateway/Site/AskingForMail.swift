import GateConfig
import Identity
import NIOHTTP1

// "Mail me when it is back".

extension Site {
    /// What keeps the wishes; nil where no mail leaves, and at the owner's door, where no app is.
    var recoveryWithMail: RecoveryUseCases? { settings.mail.transport == .none ? nil : recovery }

    /// Keeps that the signed-in visitor wants a mail; asking again changes nothing.
    func askForMail(_ request: LocalRequest) async -> LocalResponse {
        guard ownerPageAnswer == nil else {
            return failure(.notFound, wantsHTML: wantsPage(request.headers))
        }
        guard let session = request.session else {
            // As if the page were opened: after signing in the visitor sees whether it still has to wait.
            return challenge(method: .GET, target: "/", headers: request.headers)
        }
        let fields: FormFields?
        switch Result(catching: { () throws(FormFields.Problem) in try optionalFields(request) }) {
        case .success(let read): fields = read
        case .failure(.unsupportedType):
            return failure(.unsupportedMediaType, wantsHTML: wantsPage(request.headers))
        case .failure(.malformed): return failure(.badRequest, wantsHTML: wantsPage(request.headers))
        }
        let asPage = fields == nil ? wantsPage(request.headers) : !isJSON(request)
        let next = fields?["next"].flatMap(SafeRedirect.check) ?? "/"
        guard let recovery = recoveryWithMail else {
            return failure(words: .noMail, status: .conflict, wantsHTML: asPage)
        }
        guard recovery.isBroken() else {
            return asPage
                ? .page(.ok, layout.notBroken(next: next))
                : .json(.ok, ["status": "working", "message": .text(Words.notBroken)])
        }
        switch await recovery.ask(session, request.client) {
        case .accepted:
            return asPage
                ? .page(.ok, layout.awaiting(session.user, next: next))
                : .json(.ok, ["status": "ok", "message": .text(Words.willWrite(to: session.user))])
        case .limited(let limit):
            let page = layout.limited(limit, hasCodeForm: false, continueAt: nil)
            return limited(limit, page: asPage ? page : nil)
        case .unavailable: return failure(words: .wishNotKept, status: .serviceUnavailable, wantsHTML: asPage)
        }
    }

    /// Nil for a request without a body, which asks as well as a form does.
    private func optionalFields(_ request: LocalRequest) throws(FormFields.Problem) -> FormFields? {
        request.body.isEmpty && request.headers["content-type"].isEmpty ? nil : try formFields(request)
    }
}
