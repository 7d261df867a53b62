import GRDB
import GateModel
import Glibc

// How the store's failures are said to the operator. All of them mean: new sign-ins wait, sessions go on.

extension Fault {
    static func unwritable(_ error: DatabaseFile.SystemError) -> Fault {
        Fault(
            code: "database-unwritable",
            problem: "cannot \(error.action): \(String(cString: strerror(error.number)))",
            remedy: "Give the state directory to the user that runs Runegate and free some space; "
                + "it tries again by itself")
    }

    static func database(_ error: any Error, path: String) -> Fault {
        let reason = (error as? DatabaseError).map { $0.message ?? "\($0.resultCode)" } ?? "\(error)"
        return Fault(
            code: "database-unavailable",
            problem: "the database \(path) does not take changes: \(reason)",
            remedy:
                "Look at the disk's space (`df`) and at the file's owner and mode; it tries again by itself")
    }

    static let corruptCode = "database-corrupt"

    static func corrupt(path: String, reason: String) -> Fault {
        Fault(
            code: corruptCode,
            problem: "the database \(path) is damaged: \(reason)",
            remedy: "It is set aside beside a new, empty one; sessions known only to it have to sign in again"
        )
    }
}

extension ResultCode {
    /// What a verdict of `PRAGMA quick_check` other than `ok` means.
    ///
    /// A page that could not be read is part of its text (`unable to get the page. error code=266`): the disk
    /// is at fault then, and nothing is known of the content.
    init(ofCheck verdict: String) {
        let digits = verdict.split(separator: "unable to get the page. error code=").last?
            .prefix { $0.isNumber }
        let code = digits.flatMap { CInt($0) }.map { ResultCode(rawValue: $0).primaryResultCode }
        self = code ?? .SQLITE_CORRUPT
    }
}

extension DatabaseError {
    /// Whether the file's content, not its surroundings, is at fault.
    var meansCorruption: Bool {
        resultCode == .SQLITE_CORRUPT || resultCode == .SQLITE_NOTADB
    }

    /// Whether the open connection may work again as it is.
    var isTransient: Bool {
        [.SQLITE_FULL, .SQLITE_BUSY, .SQLITE_LOCKED, .SQLITE_NOMEM, .SQLITE_CONSTRAINT].contains(resultCode)
    }
}
