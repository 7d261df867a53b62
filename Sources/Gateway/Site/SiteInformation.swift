import GateConfig
import Identity
import NIOHTTP1

// What machines and developers ask: health, limits, and the debug addresses.

extension Site {
    func health() -> LocalResponse {
        .json(.ok, ["status": "ok", "service": "runegate", "version": .text(version)])
    }

    func rateLimits() -> LocalResponse {
        let limits = settings.limits
        return .json(
            .ok,
            [
                "enabled": .truth(limits.isEnabled),
                "login_per_minute": .number(limits.loginPerMinute),
                "email_cooldown_seconds": .number(Int(limits.emailCooldown.components.seconds)),
                "token_per_minute": .number(limits.tokenPerMinute),
            ])
    }

    func debug(_ view: SiteRoute.DebugView, _ request: LocalRequest) -> LocalResponse {
        switch view {
        case .session: return .json(.ok, sessionFacts(request.session))
        case .cookies: return .json(.ok, ["cookies": .list(cookieFacts(request.headers))])
        case .protected:
            guard let session = request.session else {
                return challenge(method: request.method, target: request.path, headers: request.headers)
            }
            return .json(.ok, ["message": "You are signed in.", "user": .text(session.user)])
        }
    }

    private func sessionFacts(_ session: Session?) -> JSONText {
        guard let session else { return ["signed_in": false] }
        return [
            "signed_in": true, "user": .text(session.user), "session": .text(session.id.description),
            "begun_unix_seconds": .number(Int(session.begun.unixSeconds)),
        ]
    }

    /// Names and lengths only: the app's cookies are secrets too.
    private func cookieFacts(_ headers: HTTPHeaders) -> [JSONText] {
        headers["cookie"].flatMap { field in
            var field = field
            return field.withUTF8 { bytes in
                CookieField(UnsafeRawBufferPointer(bytes)).filter { !$0.piece.isEmpty }.map(facts)
            }
        }
    }

    private func facts(_ cookie: CookiePair) -> JSONText {
        [
            "name": .text(String(decoding: cookie.name, as: UTF8.self)), "value": "(hidden)",
            "bytes": .number(cookie.value.count), "ours": .truth(cookies.names.isOurs(cookie.name)),
        ]
    }
}
