package import GateModel

/// Whether the domain leads to this machine.
package struct NameCheck: Sendable, Hashable {
    package let domain: DomainName
    /// What the name stands for now, A and AAAA; nil when no name server answered.
    package let found: [IPAddress]?
    /// This machine's own addresses, loopback left out.
    package let own: [IPAddress]
    /// Where the owner says that this machine is reached, though it does not have the address.
    package let endpoint: IPAddress?

    package init(domain: DomainName, found: [IPAddress]?, own: [IPAddress], endpoint: IPAddress? = nil) {
        self.domain = domain
        self.found = found
        self.own = own
        self.endpoint = endpoint
    }

    package var result: CheckResult {
        guard let found else { return Self.fail(noAnswer) }
        guard !found.isEmpty else { return Self.fail(noRecord) }
        let addresses = found.filter { !$0.isLoopback }
        guard !addresses.isEmpty else { return CheckResult(Self.subject, .warn, onlyHere(found)) }
        let strangers = addresses.filter { !own.contains($0) && $0 != endpoint }
        if strangers.isEmpty {
            return CheckResult(Self.subject, .pass, "\(domain) is this machine (\(Self.list(addresses)))")
        }
        return publicOnes.isEmpty
            ? CheckResult(Self.subject, .warn, translated(addresses))
            : Self.fail(elsewhere(strangers, of: addresses))
    }

    private static let subject = "name"

    private static func fail(_ text: String) -> CheckResult { CheckResult(subject, .fail, text) }

    private static func list(_ addresses: [IPAddress]) -> String {
        addresses.map(\.description).joined(separator: ", ")
    }

    private var publicOnes: [IPAddress] { own.filter { !$0.isPrivate } }

    private var noAnswer: String {
        "no name server answers this machine, so neither \(domain) nor the certificate authority can be found. Mend "
            + "/etc/resolv.conf until `getent ahosts \(domain)` answers, then run the same command again."
    }

    private var noRecord: String {
        let address = publicOnes.first.map { " (\($0))" } ?? ""
        return
            "\(domain) has no address, so no visitor and no certificate authority finds it. Add an A or AAAA record "
            + "with this machine's address\(address), wait for it, then run the same command again."
    }

    /// Debian writes a machine's own name into that file.
    private func onlyHere(_ found: [IPAddress]) -> String {
        "/etc/hosts of this machine says that \(domain) is \(Self.list(found)), so what others are told cannot be seen "
            + "from here. See that its A and AAAA records lead to this machine."
    }

    private func translated(_ addresses: [IPAddress]) -> String {
        "\(domain) is \(Self.list(addresses)), which none of this machine's private addresses is. Right if your provider "
            + "translates addresses; else the certificate will not be issued."
    }

    private func elsewhere(_ strangers: [IPAddress], of addresses: [IPAddress]) -> String {
        let isMixed = strangers.count < addresses.count
        let records = strangers.map(\.recordType)
        let kinds = Set(records).sorted().joined(separator: " and ")
        let finding =
            isMixed
            ? "\(domain) leads to \(Self.list(strangers)), too, which is not this machine: some visitors would get lost, "
                + "and the certificate might not be issued. Remove that \(kinds) record"
            : "\(domain) is \(Self.list(strangers)), but this machine is \(Self.list(publicOnes)). Point its \(kinds) "
                + "record here"
        let escape =
            strangers.count == 1
            ? "; or, if \(strangers[0]) is led on to this machine, say so: --endpoint \(strangers[0])" : ""
        return finding + escape + "."
    }
}

extension IPAddress {
    /// Whether nobody on the Internet can reach it (RFC 1918, RFC 6598, RFC 4193, link-local).
    var isPrivate: Bool {
        guard isIPv4 else { return bytes[0] & 0xfe == 0xfc || bytes[0] == 0xfe && bytes[1] & 0xc0 == 0x80 }
        switch (bytes[0], bytes[1]) {
        case (10, _), (172, 16...31), (192, 168), (100, 64...127), (169, 254), (127, _): return true
        default: return false
        }
    }

    /// The kind of DNS record that holds it.
    fileprivate var recordType: String { isIPv4 ? "A" : "AAAA" }
}
