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
    ///
    /// nginx is not among them: it may serve other sites, and is only told to read its configuration again.
    package let units: [String]
    /// The certificate that nginx shows, which no renderer can make; nil on the aibox.
    package let certificate: SiteCertificate?

    package enum Machine: String, Sendable, Hashable, CaseIterable {
        case vps, aibox
    }

    package init(
        machine: Machine, directories: [PlannedDirectory] = [], files: [PlannedFile], units: [String],
        certificate: SiteCertificate? = nil
    ) {
        self.machine = machine
        self.directories = directories
        self.files = files
        self.units = units
        self.certificate = certificate
    }
}
