import Identity
import UpstreamSelection

// What a visitor's connection has under way, for people who want to know.

extension VisitorConnection {
    func count(into traffic: inout GatewayTraffic) {
        let dialled = phase == .dialing ? shared.paths.selection.current : nil
        guard let path = (upstream?.path ?? dialled)?.name else { return }
        if phase == .upgraded || exchange?.status != nil {
            traffic.paths[path, default: .init()].streams += 1
        } else {
            traffic.paths[path, default: .init()].requests += 1
        }
        if let user = upgraded?.session?.user ?? exchange?.session?.user { traffic.users.insert(user) }
    }
}
