package import GateModel
import Glibc

/// Has the real programs look at the files that they will read.
package struct MachineChecks: SetChecks {
    /// Whether nginx took its configuration before we came; what was broken before is not ours to judge.
    private let nginxWasSound: Bool

    package init() {
        self.nginxWasSound =
            Program.find("nginx") != nil && (try? Program("nginx", "-t", "-q").run())?.isSuccess == true
    }

    package func staged(_ files: [StagedFile]) throws(Fault) {
        for file in files {
            switch file.path {
            case Paths.firewall:
                try check(file, "nft", "--check", "--file", file.staged)
            case Paths.wireGuard:
                try checkWireGuard(file)
            default: break
            }
        }
    }

    package func installed() throws(Fault) {
        guard nginxWasSound else { return }
        try Program("nginx", "-t", "-q").succeed(
            remedy: "Look for a site of yours that does not go together with \(Paths.nginx).")
    }

    private func check(_ file: StagedFile, _ words: String...) throws(Fault) {
        // A machine that lacks the program is told so by the check of packages.
        guard let name = words.first, Program.find(name) != nil else { return }
        try Program(words).succeed(
            remedy: "\(file.path) is not put in place. Report this with the message above.")
    }

    /// `wg-quick` takes only files that are called like an interface.
    private func checkWireGuard(_ file: StagedFile) throws(Fault) {
        guard Program.find("wg-quick") != nil else { return }
        var template = Array("/run/runegate-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw .system("make", "a directory in /run") }
        let directory = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        defer {
            unlink("\(directory)/wg0.conf")
            rmdir(directory)
        }
        guard symlink(file.staged, "\(directory)/wg0.conf") == 0 else { throw .system("make", directory) }
        try check(file, "wg-quick", "strip", "\(directory)/wg0.conf")
    }
}
