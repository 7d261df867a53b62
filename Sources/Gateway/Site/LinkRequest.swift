import GateConfig
import Identity
import NIOHTTP1

// Asking for a link: the sign-in page and its form.

extension Site {
    func signInPage(_ request: LocalRequest) -> LocalResponse {
        let query = try? FormFields(urlEncoded: (request.query ?? "").utf8)
        let next = query?["next"].flatMap(SafeRedirect.check)
        if let session = request.session {
            // Somebody who came back to an old tab: on to where they wanted to go.
            if let next { return .redirect(.seeOther, to: next) }
            return .page(.ok, layout.signedIn(user: session.user))
        }
        return .page(
            .ok, layout.signIn(form(next: next, notice: query?["signed-out"].map { _ in .signedOut })))
    }

    /// Takes the address.
    ///
    /// The answer and the work are the same for everybody; whether mail leaves is decided
    /// out of sight.
    func requestLink(_ request: LocalRequest) async -> LocalResponse {
        let fields: FormFields
        let isJSON = isJSON(request)
        switch Result(catching: { () throws(FormFields.Problem) in try formFields(request) }) {
        case .success(let read): fields = read
        case .failure(.unsupportedType):
            return failure(.unsupportedMediaType, wantsHTML: wantsPage(request.headers))
        case .failure(.malformed): return malformedAddress("", next: nil, isJSON: isJSON)
        }
        guard settings.mail.transport != .none else {
            return isJSON
                ? .json(.ok, ["status": "ok", "message": .text(Words.askOwner)])
                : .page(.ok, layout.askOwner())
        }
        let email = fields["email"] ?? ""
        let next = fields["next"].flatMap(SafeRedirect.check)
        let nonce = origins.mayBindNonce(request.headers) ? nonce(of: request) ?? BrowserNonce.make() : nil
        switch await useCases.requestLink(email, request.client, nonce, next) {
        case .accepted: return withNonce(nonce, accepted(isJSON: isJSON))
        case .malformed: return malformedAddress(email, next: next, isJSON: isJSON)
        case .limited(let limit):
            let page =
                isJSON ? nil : layout.limited(limit, hasCodeForm: limit.kind == .email, continueAt: "login")
            return limited(limit, page: page)
        case .unavailable: return failure(.signInUnavailable, wantsHTML: !isJSON, retries: false)
        }
    }

    private func accepted(isJSON: Bool) -> LocalResponse {
        guard isJSON else { return .page(.ok, layout.checkMail(minutes: linkMinutes, isCodeWrong: false)) }
        return .json(
            .ok, ["status": "ok", "message": .text(Words.linkOnItsWay(minutes: linkMinutes))])
    }

    private func malformedAddress(_ typed: String, next: String?, isJSON: Bool) -> LocalResponse {
        isJSON
            ? .json(.badRequest, ["error": "malformed_address", "message": .text(Words.malformedAddress)])
            : .page(
                .badRequest,
                layout.signIn(form(next: next, notice: .malformedAddress(String(typed.prefix(320))))))
    }

    private func form(next: String?, notice: SignInForm.Notice?) -> SignInForm {
        SignInForm(next: next, notice: notice, hasMail: settings.mail.transport != .none)
    }

    private func withNonce(_ nonce: [UInt8]?, _ response: LocalResponse) -> LocalResponse {
        guard let nonce else { return response }
        return response.adding(
            "Set-Cookie", cookies.nonce(BrowserNonce.encode(nonce), lifetime: nonceLifetime))
    }
}

extension Site {
    /// The browser's nonce; nil when it sent none of ours, or several.
    func nonce(of request: LocalRequest) -> [UInt8]? {
        cookies.nonceValue(in: request.headers).flatMap(BrowserNonce.decode)
    }

    /// A minute longer than the link that is bound to it.
    var nonceLifetime: Duration { settings.tokens.linkExpiry + .seconds(60) }

    var linkMinutes: Int { Int(settings.tokens.linkExpiry.components.seconds / 60) }

    func formFields(_ request: LocalRequest) throws(FormFields.Problem) -> FormFields {
        try FormFields(body: request.body, contentType: request.headers["content-type"])
    }

    func isJSON(_ request: LocalRequest) -> Bool {
        request.headers["content-type"].contains { $0.lowercased().hasPrefix("application/json") }
    }

    /// The 429 of the limits that count for strangers.
    ///
    /// - Parameters:
    ///   - limit: Which limit, and how long.
    ///   - page: What people see; nil answers in JSON.
    /// - Returns: 429 with `X-RateLimit-*` and `Retry-After`.
    func limited(_ limit: Limit, page: HTML?) -> LocalResponse {
        let json: JSONText = [
            "error": "rate_limited", "message": .text(Words.limited(limit)),
            "exceeded": .text(limit.kind.rawValue),
            "retry_after_seconds": .number(limit.resetSeconds),
        ]
        let response: LocalResponse =
            page.map { .page(.tooManyRequests, $0) } ?? .json(.tooManyRequests, json)
        return
            response
            .adding("X-RateLimit-Exceeded", limit.kind.rawValue)
            .adding("X-RateLimit-Reset", "\(limit.resetSeconds)")
            .adding("Retry-After", "\(limit.resetSeconds)")
    }
}
