internal import GateModel
internal import Logging
internal import NIOHTTP1

/// What is behind each path of the control socket.
struct ControlRoutes: Sendable {
    let actions: OwnerActions
    let page: OwnerPage
    let metrics: MetricsPage
    let logger: Logger

    init(actions: OwnerActions, metrics: MetricsRegistry, brand: OwnerPageBrand, logger: Logger) {
        self.actions = actions
        self.page = OwnerPage(brand: brand)
        self.metrics = MetricsPage(registry: metrics) { await actions.sessions().count }
        self.logger = logger
    }

    func respond(to request: ControlRequest) async -> ControlResponse {
        if let refusal = DoorRules.refusal(of: request) { return refusal }
        return await answer(request)
    }

    /// Answers whoever has been let in.
    func answer(_ request: ControlRequest) async -> ControlResponse {
        guard let expected = Self.methods[request.path] else {
            return .refusal(
                .notFound, code: "no-such-path", "There is no \(request.path) here",
                remedy: "docs/CONTROL.md lists the paths.")
        }
        guard request.method == expected || (expected == .GET && request.method == .HEAD) else {
            var response = ControlResponse.refusal(
                .methodNotAllowed, code: "method", "\(request.path) takes \(expected.rawValue)",
                remedy: "docs/CONTROL.md says what each path takes.")
            response.headers.add(name: "allow", value: expected.rawValue)
            return response
        }
        do {
            if expected == .POST { return try await change(request) }
            return request.path.hasPrefix("/v1/tunnels")
                ? try await readTunnels(request) : await read(request)
        } catch let fault as Fault {
            return .fault(fault)
        } catch {
            // A `DecodingError` speaks of Swift; a `Malformed` value says what was expected.
            let reason = (error as? Malformed)?.description ?? "it is not the JSON that this path takes"
            return .refusal(
                .badRequest, code: "input", "The body cannot be used: \(reason)",
                remedy: "docs/CONTROL.md shows what \(request.path) takes.")
        }
    }

    /// Every path, and the method it takes.
    private static let methods: [String: HTTPMethod] = [
        "/": .GET, "/owner.css": .GET, "/revoke": .POST, "/metrics": .GET, "/v1/status": .GET,
        "/v1/sessions": .GET, "/v1/sessions/revoke": .POST, "/v1/login-link": .POST, "/v1/mail/test": .POST,
        "/v1/links/check": .POST, "/v1/tunnels": .GET, "/v1/tunnels/why": .GET, "/v1/tunnels/history": .GET,
        "/v1/tunnels/prefer": .POST, "/v1/tunnels/drill": .POST,
    ]

    private func read(_ request: ControlRequest) async -> ControlResponse {
        switch request.path {
        case "/v1/status": .json(await actions.status())
        case "/v1/sessions": .json(SessionList(sessions: await actions.sessions()))
        case "/metrics": await metrics.response()
        case "/owner.css": page.style
        default: await page.response(actions, admin: request.admin)
        }
    }

    private func change(_ request: ControlRequest) async throws -> ControlResponse {
        if request.path == "/revoke" { return try await revokeFromPage(request) }
        guard request.mediaType == "application/json" else {
            return .refusal(
                .unsupportedMediaType, code: "media-type", "The body must be JSON",
                remedy: "Send Content-Type: application/json.")
        }
        switch request.path {
        case "/v1/sessions/revoke":
            let ended = try await revoke(
                try ControlJSON.decode(RevokeInput.self, from: request.body), request)
            return .json(Revocation(ended: ended), ended == 0 ? .notFound : .ok)
        case "/v1/login-link":
            let email = try EmailAddress(try ControlJSON.decode(EmailInput.self, from: request.body).email)
            let link = try await actions.issueLink(email)
            log("login link issued", request, ["user": "\(email.masked)"])
            return .json(link)
        case "/v1/links/check":
            let input = try ControlJSON.decode(TokenInput.self, from: request.body)
            return .json(LinkStanding(counts: try await actions.linkCounts(input.token)))
        case "/v1/tunnels/prefer": return try await preferTunnel(request)
        case "/v1/tunnels/drill": return try await drillTunnels(request)
        default:
            let input = try ControlJSON.decode(RecipientInput.self, from: request.body)
            let recipient = try EmailAddress(input.recipient)
            log("mail test asked for", request, ["to": "\(recipient.masked)"])
            return .json(await actions.testMail(recipient))
        }
    }

    private func revokeFromPage(_ request: ControlRequest) async throws -> ControlResponse {
        guard request.mediaType == "application/x-www-form-urlencoded" else {
            return .refusal(
                .unsupportedMediaType, code: "media-type", "The body must be a form",
                remedy: "Use the button on the owner's page.")
        }
        // The page's only field holds hexadecimal digits, which forms do not encode.
        let form = String(decoding: request.body, as: UTF8.self)
        guard form.hasPrefix("id=") else { throw Malformed(expected: "a form with the field id") }
        _ = try await revoke(RevokeInput(id: String(form.dropFirst(3)), user: nil), request)
        return ControlResponse(status: .seeOther, headers: ["location": "/"], body: [])
    }

    private func revoke(_ input: RevokeInput, _ request: ControlRequest) async throws -> Int {
        switch (input.id, input.user) {
        case (let id?, nil):
            let ended = try await actions.revokeSession(id)
            if ended > 0 { log("session revoked", request, ["session": "\(id)"]) }
            return ended
        case (nil, let user?):
            let email = try EmailAddress(user)
            let ended = try await actions.revokeUser(email)
            log("sessions of a user revoked", request, ["user": "\(email.masked)", "ended": "\(ended)"])
            return ended
        default:
            throw Malformed(expected: "either \"id\" or \"user\"")
        }
    }

    /// Every change is logged with the process or the admin that asked for it.
    func log(_ message: Logger.Message, _ request: ControlRequest, _ metadata: Logger.Metadata) {
        var metadata = metadata
        if let peer = request.peer {
            metadata["uid"] = "\(peer.userID)"
            metadata["pid"] = "\(peer.processID)"
        }
        if let admin = request.admin { metadata["admin"] = "\(admin)" }
        logger.notice(message, metadata: metadata)
    }
}

private struct RevokeInput: Codable {
    var id: String?
    var user: String?
}

private struct EmailInput: Codable {
    var email: String
}

private struct RecipientInput: Codable {
    var recipient: String
}

private struct TokenInput: Codable {
    var token: String
}
