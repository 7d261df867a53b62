/// Everything that shall be on one machine, as pure values.
///
/// It follows from the answers and the machine's own secrets alone: the same input gives the same plan.
package struct Plan: Sendable, Hashable {
    package let machine: Machine
    /// In the order in which they are written.
    package let files: [PlannedFile]
    /// Units that shall run and start with the machine, in the order of their start.
    package let units: [String]

    package enum Machine: String, Sendable, Hashable, CaseIterable {
        case vps, aibox
    }

    package init(machine: Machine, files: [PlannedFile], units: [String]) {
        self.machine = machine
        self.files = files
        self.units = units
    }
}
