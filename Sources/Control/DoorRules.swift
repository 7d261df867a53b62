internal import GateModel
internal import NIOHTTP1

/// Which requests the control socket takes at all.
///
/// The owner may forward the socket to a port of his machine and open it in a browser; these rules keep the
/// web pages in that browser, and names that are made to point at 127.0.0.1, from speaking to it too.
enum DoorRules {
    /// Why the request is refused; nil lets it in.
    static func refusal(of request: ControlRequest) -> ControlResponse? {
        let hosts = request.headers["host"]
        guard hosts.count == 1, let host = hosts.first, isLoopback(host) else {
            return .refusal(
                .misdirectedRequest, code: "host",
                "The control socket answers only to Host localhost or a loopback address",
                remedy: "Ask for http://localhost/ with any port.")
        }
        let origins = request.headers["origin"]
        guard origins.allSatisfy({ $0.lowercased() == "http://\(host.lowercased())" }) else {
            return foreign
        }
        // A browser that sends no Origin still says where a request comes from (Fetch Metadata).
        let isOwnSite = request.headers["sec-fetch-site"].allSatisfy { $0 == "same-origin" || $0 == "none" }
        guard request.method == .GET || request.method == .HEAD || isOwnSite else { return foreign }
        return nil
    }

    private static var foreign: ControlResponse {
        .refusal(
            .forbidden, code: "origin", "A page of another origin sent this request",
            remedy: "Use the owner's page itself, or curl.")
    }

    private static func isLoopback(_ host: String) -> Bool {
        guard let (name, _) = HostAndPort.split(host) else { return false }
        return name == "localhost" || (try? IPAddress(name).isLoopback) == true
    }
}
