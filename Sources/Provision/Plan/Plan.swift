/// Everything that shall be on one machine, as pure values.
///
/// It follows from the answers and the machine's own secrets alone: the same input gives the same plan.
package struct Plan: Sendable, Hashable {
    package let machine: Machine
    /// Directories that need another mode than 0755 or another owner than root; missing parents of files that
    /// are not named here are made so.
    package let directories: [PlannedDirectory]
    /// In the order in which they are written.
    package let files: [PlannedFile]
    /// Units that shall run and start with the machine, in the order of their start.
    package let units: [String]

    package enum Machine: String, Sendable, Hashable, CaseIterable {
        case vps, aibox
    }

    package init(
        machine: Machine, directories: [PlannedDirectory] = [], files: [PlannedFile], units: [String]
    ) {
        self.machine = machine
        self.directories = directories
        self.files = files
        self.units = units
    }
}
