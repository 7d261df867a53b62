internal import GateModel
package import Logging
package import NIOHTTP1

/// The owner's page for a host name of its own: the page, its style and its button, nothing else of the control
/// socket.
///
/// Whoever calls it has made sure that an admin asks, and that changes come from the page itself.
package struct OwnersDoor: Sendable {
    private static let paths: Set<String> = ["/", "/owner.css", "/revoke"]

    private let routes: ControlRoutes

    package init(
        actions: OwnerActions, metrics: MetricsRegistry, brand: OwnerPageBrand,
        logger: Logger = Logger(label: "control")
    ) {
        self.routes = ControlRoutes(actions: actions, metrics: metrics, brand: brand, logger: logger)
    }

    /// Answers `admin`, an e-mail address.
    package func respond(
        method: HTTPMethod, path: String, headers: HTTPHeaders, body: [UInt8], admin: String
    ) async -> ControlResponse {
        guard Self.paths.contains(path) else {
            return .refusal(
                .notFound, code: "no-such-path", "There is no such page here",
                remedy: "The owner's page is at /.")
        }
        return await routes.answer(
            ControlRequest(method: method, path: path, headers: headers, body: body, admin: admin))
    }
}
