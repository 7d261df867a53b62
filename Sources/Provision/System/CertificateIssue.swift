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
            try Program("env", "RENEWED_LINEAGE=\(site.lineage)", SiteCertificate.installHook).succeed(
                remedy: remedy)
            return []
        } catch {
            return [error]
        }
    }
}
