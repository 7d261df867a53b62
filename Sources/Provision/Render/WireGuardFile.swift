/// `wg0.conf`, in wg-quick's words (wg-quick(8)).
enum WireGuardFile {
    /// The VPS: waits for the aibox, learns its address from it, and routes to it alone.
    static func vps(_ answers: VPSAnswers, _ secrets: VPSSecrets) -> ConfigText {
        """
        # Written by `runegate provision vps`. Do not share it: it holds this machine's key.
        [Interface]
        PrivateKey = \(secret: secrets.wireGuardPrivateKey)
        Address = \(answers.tunnel.vps)/32
        ListenPort = \(answers.ports.wireGuard)
        MTU = \(answers.mtu)
        \(firewallFirst)
        # A peer that joins later has its way already: adding one to a running interface lays none.
        PostUp = ip -4 route replace \(answers.tunnel.aibox)/32 dev %i

        \(secrets.joined.map { peer($0, answers) } ?? "# No peer yet: `runegate provision join` prints a join code.\n")
        """
    }

    private static func peer(_ box: JoinedBox, _ answers: VPSAnswers) -> ConfigText {
        """
        [Peer]
        PublicKey = \(box.wireGuardKey)
        PresharedKey = \(secret: box.presharedKey)
        AllowedIPs = \(answers.tunnel.aibox)/32

        """
    }

    /// The aibox: speaks first and keeps the way through NAT open.
    ///
    /// 15 s: after an outage the tunnel is back within that time, at a few bytes a second.
    static func aibox(_ answers: AiboxAnswers, _ secrets: AiboxSecrets) -> ConfigText {
        """
        # Written by `runegate provision aibox`. Do not share it: it holds this machine's key.
        [Interface]
        PrivateKey = \(secret: secrets.wireGuardPrivateKey)
        Address = \(answers.tunnel.aibox)/32
        MTU = \(answers.mtu)
        \(firewallFirst)
        # Lets the firewall hand the app's port on to 127.0.0.1, where most apps listen; it lets through nothing else.
        PostUp = sysctl -q -w net.ipv4.conf.%i.route_localnet=1

        [Peer]
        PublicKey = \(secrets.vps.wireGuardKey)
        PresharedKey = \(secret: secrets.vps.presharedKey)
        Endpoint = \(ConfigText(endpoint: answers.endpoint, port: answers.ports.wireGuard))
        AllowedIPs = \(answers.tunnel.vps)/32
        PersistentKeepalive = 15

        """
    }

    /// Whoever brings the interface up, by hand too, has the firewall first.
    private static let firewallFirst = ConfigText(
        quoted: "# The interface never comes up without its firewall.\nPreUp = nft -f \(Paths.firewall)")
}

extension ConfigText {
    /// `host:port`, IPv6 in brackets: made of characters of ``BareWord`` alone.
    init(endpoint host: PublicHost, port: Port) { self.init(quoted: host.endpoint(port: port)) }
}
