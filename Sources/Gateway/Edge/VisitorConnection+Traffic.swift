import Identity
import UpstreamSelection

// What a visitor's connection has under way, for people who want to know.

extension VisitorConnection {
    func count(into traffic: inout GatewayTraffic) {
        countBytes(into: &traffic)
        let dialled = phase == .dialing ? shared.paths.selection.current : nil
        guard let path = (upstream?.path ?? dialled)?.name else { return }
        if phase == .upgraded || exchange?.status != nil {
            traffic.paths[path, default: .init()].streams += 1
        } else {
            traffic.paths[path, default: .init()].requests += 1
        }
        if let user = upgraded?.session?.user ?? exchange?.session?.user { traffic.users.insert(user) }
    }

    /// Bytes of what is unfinished, so that a long transfer is seen before it ends.
    private func countBytes(into traffic: inout GatewayTraffic) {
        if let upgraded, let path = upgraded.path {
            traffic.served[path, default: .init()].add(
                bytesToVisitor: upgraded.bytesToVisitor, bytesToApp: upgraded.bytesToApp)
        } else if let exchange, let path = exchange.path?.name {
            traffic.served[path, default: .init()].add(
                bytesToVisitor: exchange.bytesToVisitor, bytesToApp: exchange.bytesToApp)
        }
    }
}
