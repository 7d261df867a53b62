/// What stands behind the name of a path that is a relay inside this program.
enum SimulatedMark {
    static func words(_ isSimulated: Bool) -> String { isSimulated ? " (simulated)" : "" }
}
