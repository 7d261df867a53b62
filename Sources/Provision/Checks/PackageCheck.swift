/// What Runegate needs of the distribution.
package struct PackageCheck: Sendable, Hashable {
    /// A package by the program that it brings.
    package static let vps = [
        "nginx": "nginx", "wg-quick": "wireguard-tools", "nft": "nftables", "certbot": "certbot",
        "openssl": "openssl",
    ]
    package static let aibox = ["wg-quick": "wireguard-tools", "nft": "nftables"]

    /// Packages that are not here.
    package let missing: [String]

    package init(needs: [String: String], find: (String) -> Bool) {
        self.missing = needs.filter { !find($0.key) }.values.sorted()
    }

    package var install: Program {
        Program(["apt-get", "install", "--yes", "--no-install-recommends"] + missing)
    }

    /// What is said when nothing may be, or could be, installed.
    package var result: CheckResult {
        missing.isEmpty
            ? CheckResult("packages", .pass, "all here")
            : CheckResult(
                "packages", .fail,
                "missing: \(missing.joined(separator: ", ")). Install them: \(install.description)")
    }
}
