package import GateModel
import Glibc

// What a refused system call means to the person at the terminal.

extension Fault {
    /// The call that should `action` (such as `write`) the file `path` failed; `code` is `errno` right after it.
    static func system(_ action: String, _ path: String, _ code: Int32 = errno) -> Fault {
        Fault(
            code: "provision-\(action.replacing(" ", with: "-"))-failed",
            problem: "Cannot \(action) \(path): \(String(cString: strerror(code)))",
            remedy: remedy(of: code, path: path))
    }

    /// The same, of something that came before anything was written.
    package var nothingChanged: Fault {
        Fault(code: code, problem: "\(problem). Nothing was changed", remedy: remedy)
    }

    /// The same, of something that came after everything was written.
    package var newFilesInPlace: Fault {
        Fault(code: code, problem: "\(problem). The new files are in place", remedy: remedy)
    }

    /// Runs what only looks or prepares; its error says that nothing was changed.
    package static func beforeWriting<Result>(_ body: () throws(Fault) -> Result) throws(Fault) -> Result {
        do throws(Fault) {
            return try body()
        } catch {
            throw error.nothingChanged
        }
    }

    private static func remedy(of code: Int32, path: String) -> String {
        switch code {
        case ENOSPC, EDQUOT:
            "Make room on that file system (see `df \(path)`) and run the same command again."
        case ENOENT: "It has to be there: make it (`mkdir`), then run the same command again."
        case EACCES, EPERM: "Run it with sudo; if it was, look at `lsattr` and `mount` for what forbids it."
        case EROFS: "Mount that file system writable, then run the same command again."
        case EIO:
            "The disk reports errors (see `journalctl -k`); nothing can be trusted to it until it is mended."
        default: "Mend that, then run the same command again."
        }
    }

    /// Where a file or directory of ours goes there is something else, which could lead the write elsewhere.
    static func planted(_ path: String, is what: String) -> Fault {
        Fault(
            code: "provision-path-refused",
            problem: "\(path) is \(what); nothing is written through it",
            remedy: "Look who made it (`ls -ld \(path)`), move it away and run the same command again.")
    }
}
