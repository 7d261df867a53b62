package import GateModel
package import UpstreamSelection

// Whether traffic may be moved for a try.

extension FailoverMachine {
    /// The path that a drill would move traffic to, or why there must be none now.
    package func drillTarget(at now: Moment) -> Result<UpstreamPath.Name, Fault> {
        func refused(_ problem: String, _ remedy: String) -> Result<UpstreamPath.Name, Fault> {
            .failure(Fault(code: "drill-refused", problem: problem, remedy: remedy))
        }
        guard drill == nil else {
            return refused("A drill is under way already", "Wait some seconds until it has ended.")
        }
        guard let next = other(than: current) else {
            return refused(
                "There is no second path to try", "Configure one, such as RUNEGATE_RATHOLE_TARGET.")
        }
        let name = paths[next].path.name
        guard paths[current].state == .up else {
            return refused(
                "The path in use, \(paths[current].path.name.rawValue), is \(paths[current].state.rawValue)",
                "Wait until `runegate tunnels` says OK.")
        }
        guard paths[next].state == .up, paths[next].isProven(at: now.sinceBoot) else {
            return refused(
                "The fallback \(name.rawValue) has not answered its last probes",
                "See `runegate tunnels why` for what is wrong with it.")
        }
        return .success(name)
    }
}
