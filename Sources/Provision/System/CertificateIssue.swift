package import GateModel
import Glibc

/// Gets the site a certificate that browsers trust.
package struct CertificateIssue {
    let site: SiteCertificate

    package init(site: SiteCertificate) {
        self.site = site
    }

    /// Asks the authority, and puts what it gives in place.
    ///
    /// - Returns: What did not work; the site then goes on with its self-signed certificate.
    package func run() -> [Fault] {
        do throws(Fault) {
            let remedy = """
                Until then browsers warn. When the name points here and port 80 is reachable, run the same command \
                again, or: \(site.issue.joined(separator: " "))
                """
            try Program(site.issue).succeed(remedy: remedy)
            // A certificate that was there already may never have been put in place.
            guard !isInPlace else { return [] }
            try Program("env", "RENEWED_LINEAGE=\(site.lineage)", SiteCertificate.installHook).succeed(
                remedy: remedy)
            return []
        } catch {
            return [error]
        }
    }

    /// Whether nginx shows what certbot has; else a run that changes nothing would have it read its files again.
    private var isInPlace: Bool {
        guard let key = MachineFile.text("\(site.lineage)/privkey.pem"),
            let chain = MachineFile.text("\(site.lineage)/fullchain.pem")
        else { return false }
        return MachineFile.text(SiteCertificate.path) == key + chain
    }
}
