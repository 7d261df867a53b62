/// Something that went wrong while running, said for the person who has to mend it.
package struct Fault: Error, Hashable, Sendable, CustomStringConvertible {
    /// A stable word for scripts and searches, such as `database-unwritable`.
    package let code: String
    /// What is wrong, and with what.
    package let problem: String
    /// What to do next; a command where there is one.
    package let remedy: String

    package init(code: String, problem: String, remedy: String) {
        self.code = code
        self.problem = problem
        self.remedy = remedy
    }

    package var description: String { "\(problem). \(remedy)" }
}
