import Control
import GateModel
import Glibc
import Provision

/// `--uninstall`, on either machine.
struct ProvisionUninstall {
    let options: ProvisionOptions

    func run(_ installation: Installation, interrupt: ProvisionInterrupt) throws {
        let isJoinedBox = try Fault.beforeWriting { () throws(Fault) in try installation.joinedBox() != nil }
        let report = try interrupt.whileWriting(end: .removed) {
            let writer = try installation.beginWriting()
            if options.isThisMachine {
                for line in try Services().stopAll(installation) { Terminal.diagnostics.write(line: line) }
            }
            return try writer.uninstall(removesEdited: options.purge)
        }
        if options.isThisMachine { Services().afterUninstall() }
        if options.json {
            Terminal.output.write(line: JSONText.of(Document(report)))
            return
        }
        let out = Terminal.output
        if report == UninstallReport() {
            out.write(line: "Nothing of Runegate's provisioning is here.")
            return
        }
        out.write(line: "Removed \(report.removed.count) files.")
        for path in report.restored { out.write(line: "Put back as it was: \(path)") }
        for path in report.left {
            out.write(line: "Left, since it was edited by hand (--purge takes it too): \(path)")
        }
        let kept = Self.keptPlaces.filter { access($0.path, F_OK) == 0 }.map { "\($0.path) (\($0.what))" }
        if options.isThisMachine {
            out.write(
                line: "Left on purpose: \((["packages", "users"] + kept).joined(separator: ", ")).")
            if isJoinedBox {
                out.write(
                    line: "The public server still waits for this machine; `sudo runegate provision join "
                        + "--replace` there lets another take its place.")
            }
        }
    }

    /// What outlives the provisioning: an owner who comes back wants it, others remove it.
    private static let keptPlaces = [
        (path: "/var/lib/runegate", what: "sessions"),
        (path: "/var/lib/runegate-tend", what: "what the timer noted"),
        (path: "/etc/letsencrypt/live", what: "certificates of certbot"),
        (path: "/var/log/nginx/runegate.log", what: "who visited"),
    ]

    private struct Document: Encodable {
        let removed: [String]
        let restored: [String]
        let left: [String]

        init(_ report: UninstallReport) {
            self.removed = report.removed
            self.restored = report.restored
            self.left = report.left
        }
    }
}
