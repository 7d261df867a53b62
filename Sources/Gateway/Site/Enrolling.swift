import Identity
import NIOHTTP1

// The aibox's way to the root unit that lets it join.

extension Site {
    /// Relays a request that nobody here can read.
    ///
    /// It needs no session: the aibox has none. It counts as a try of a token, since guessing is all that a stranger
    /// can do with it.
    func enroll(_ request: LocalRequest) async -> LocalResponse {
        if let limit = useCases.countTry(request.client) { return limited(limit, page: nil) }
        guard request.body.count <= EnrollRelay.maximumBytes else {
            return failure(.payloadTooLarge, wantsHTML: false)
        }
        switch await enrollRelay?.relay(request.body) ?? .nobody {
        case .octets(let octets):
            var response = LocalResponse(status: .ok, headers: LocalResponse.baseHeaders, body: octets)
            response.headers.add(name: "Content-Type", value: "application/octet-stream")
            return response
        case .nobody: return failure(.notFound, wantsHTML: false)
        case .failed:
            return .json(
                .badGateway,
                [
                    "error": "enrolment_unavailable",
                    "message":
                        "The enrolment unit gave no answer. On the server: journalctl -u runegate-enroll",
                ])
        }
    }
}
