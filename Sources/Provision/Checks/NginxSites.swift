package import GateModel

/// The sites of an nginx, as `nginx -T` prints its whole configuration.
package struct NginxSites: Sendable, Hashable {
    /// By file, every name of a `server_name` in it.
    package let names: [String: [String]]

    package init(dump text: String) {
        var texts: [String: String] = [:]
        var file = ""
        for line in text.split(separator: "\n") {
            if line.hasPrefix("# configuration file "), let path = line.split(separator: " ").last {
                file = String(path.prefix { $0 != ":" })
            } else {
                texts[file, default: ""] += line.prefix { $0 != "#" } + "\n"
            }
        }
        self.names = texts.mapValues(Self.serverNames)
    }

    /// What stands behind every `server_name`, wherever its line begins and ends.
    private static func serverNames(in text: String) -> [String] {
        text.split { ";{}".contains($0) }.flatMap { directive -> [String] in
            let words = directive.split(whereSeparator: \.isWhitespace)
            guard words.first == "server_name" else { return [] }
            return words.dropFirst().map { String($0.filter { $0 != "\"" && $0 != "'" }) }
        }
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

    /// What is made of an nginx that does not take its configuration, from what `nginx -T` says about it.
    ///
    /// A site of ours that is broken is no reason to stop: this run puts it right, and nginx is asked again then.
    package static func result(refusal text: String, ours: [String] = [Paths.nginx, SiteCertificate.path])
        -> CheckResult
    {
        let lines = text.split(separator: "\n")
        let reason = lines.first { $0.contains("[emerg]") } ?? lines.first ?? "it gives no reason"
        let words = reason.replacing("nginx: ", with: "")
        if ours.contains(where: { words.contains($0) }) {
            return CheckResult("nginx", .warn, "Runegate's own site is broken and is written anew: \(words)")
        }
        return CheckResult(
            "nginx", .fail,
            "its configuration was broken before Runegate came: \(words). Mend that first, until `nginx -t` is content, "
                + "then run the same command again.")
    }
}
