package import GateModel

/// Why a text is no join code.
package enum JoinCodeProblem: Error, Equatable, Sendable {
    case empty
    /// It does not begin as one does.
    case notACode
    /// It begins as one of another version does.
    case otherVersion(String)
    /// A character that is in no code.
    case foreignCharacter(String)
    /// A check failed; the mistake is in, or shortly before, this part of the line, counted from 1.
    case typingError(near: String, line: Int)
    /// The check of the last part failed: a mistake there, or the end is missing.
    case wrongEnd(near: String)
    /// Every part is right and the whole is not: a part is missing or in another's place.
    case incomplete
    /// Nothing is mistyped, and it makes no sense here.
    case unreadable

    package var fault: Fault { Fault(code: "join-code", problem: problem, remedy: remedy) }

    private var problem: String {
        switch self {
        case .empty: "There is no join code"
        case .notACode: "This is no join code: one begins with RG1-"
        case .otherVersion(let version): "This join code is of another version (\(version))"
        case .foreignCharacter(let character):
            "The join code has a character that is in none: \"\(character)\""
        case .typingError(let near, let line):
            "The join code has a typing error near \(near) (line \(line))"
        case .wrongEnd(let near):
            "The join code has a typing error at its end, near \(near), or its end is missing"
        case .incomplete: "A part of the join code is missing, or stands in the wrong place"
        case .unreadable: "The join code was made by another version of Runegate"
        }
    }

    private var remedy: String {
        switch self {
        case .empty, .notACode:
            "Paste the whole code that `sudo runegate provision join` prints on the VPS."
        case .otherVersion, .unreadable:
            "Install the same version of Runegate on both machines, and join again."
        case .foreignCharacter, .typingError, .wrongEnd, .incomplete:
            "Copy it again; blanks, line ends and lower case do no harm."
        }
    }
}
