package import GateModel

/// The sites of an nginx, as `nginx -T` prints its whole configuration.
package struct NginxSites: Sendable, Hashable {
    /// By file, every name of a `server_name` in it.
    package let names: [String: [String]]

    package init(dump text: String) {
        var names: [String: [String]] = [:]
        var file = ""
        for line in text.split(separator: "\n") {
            let words = line.split(whereSeparator: { $0 == " " || $0 == "\t" })
            if line.hasPrefix("# configuration file "), let path = words.last {
                file = String(path.prefix { $0 != ":" })
            } else if words.first == "server_name" {
                names[file, default: []] += words.dropFirst().map { String($0.prefix { $0 != ";" }) }
            }
        }
        self.names = names
    }

    /// Whether somebody else's site already answers for the domain.
    package func result(domain: DomainName, ours: String = "/etc/nginx/conf.d/runegate.conf") -> CheckResult {
        let files = names.filter { $0.key != ours && $0.value.contains(domain.ascii) }.keys.sorted()
        guard let file = files.first else {
            return CheckResult("nginx", .pass, "no other site has this name")
        }
        return CheckResult(
            "nginx", .fail,
            "\(file) already answers for \(domain), and nginx would take one of the two. Remove that site, or give "
                + "Runegate a name of its own.")
    }
}
