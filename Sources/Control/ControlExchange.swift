internal import GateModel
package import NIOHTTP1

// One request at the control door and its answer, as values.

struct ControlRequest: Sendable {
    var method: HTTPMethod
    /// Before the `?`.
    var path: String
    var headers: HTTPHeaders
    var body: [UInt8] = []
    /// Who is at the other end of the Unix socket; nil on TCP.
    var peer: PeerCredentials?
    /// The admin who signed in at the owner's door; nil on the control socket.
    var admin: String?

    /// The media type of the body without parameters, lower-case.
    var mediaType: String {
        let field = headers.first(name: "content-type") ?? ""
        return field.prefix { $0 != ";" && $0 != " " }.lowercased()
    }
}

/// The process at the other end of a Unix socket (`SO_PEERCRED`, unix(7)), as it was when it connected.
struct PeerCredentials: Sendable, Equatable {
    let processID: Int32
    let userID: UInt32
    let groupID: UInt32
}

package struct ControlResponse: Sendable {
    package var status: HTTPResponseStatus
    package var headers: HTTPHeaders
    package var body: [UInt8]

    static func json(_ value: some Encodable, _ status: HTTPResponseStatus = .ok) -> ControlResponse {
        ControlResponse(
            status: status, headers: ["content-type": "application/json"], body: ControlJSON.encode(value))
    }

    static func text(_ text: String, type: String, _ status: HTTPResponseStatus = .ok) -> ControlResponse {
        ControlResponse(status: status, headers: ["content-type": type], body: Array(text.utf8))
    }

    static func refusal(
        _ status: HTTPResponseStatus, code: String, _ error: String, remedy: String
    ) -> ControlResponse {
        json(Refusal(code: code, error: error, remedy: remedy), status)
    }

    /// What went wrong inside, or was refused there.
    static func fault(_ fault: Fault) -> ControlResponse {
        refusal(.unprocessableEntity, code: fault.code, fault.problem, remedy: fault.remedy)
    }
}
