import GateModel

/// Rathole's configuration for both sides, in the keys that its 0.5.0 knows: it refuses unknown ones.
///
/// Both sides prove who they are (`Noise_KK`), so nobody else's connection gets as far as the token.
enum RatholeFile {
    /// The name of the service is the same on both sides.
    private static let service: ConfigText = "aibox"

    /// The server: offers the app on this machine's loopback.
    ///
    /// A silent client is noticed within 12 s, since the server speaks every 5 s.
    static func server(_ answers: VPSAnswers, _ secrets: VPSSecrets) -> ConfigText {
        """
        # Written by `runegate provision vps`. Do not share it: it holds this machine's key.
        [server]
        bind_addr = "\(answers.listensOnIPv6 ? "[::]" : "0.0.0.0"):\(answers.ports.rathole)"
        heartbeat_interval = 5

        \(transport("server", own: secrets.ratholePrivateKey))\
        remote_public_key = "\(secrets.joined?.ratholeKey ?? secrets.ratholeNobody)"

        [server.services.\(service)]
        token = \(TOMLText.string(secrets.ratholeToken.text))
        bind_addr = "127.0.0.1:\(LocalPort.rathole)"

        """
    }

    /// The client: connects the app to the server.
    static func client(_ answers: AiboxAnswers, _ secrets: AiboxSecrets) -> ConfigText {
        """
        # Written by `runegate provision aibox`. Do not share it: it holds this machine's key.
        [client]
        remote_addr = "\(ConfigText(endpoint: answers.endpoint, port: answers.ports.rathole))"
        heartbeat_timeout = 12
        retry_interval = 1

        \(transport("client", own: secrets.ratholePrivateKey))\
        remote_public_key = "\(secrets.vps.ratholeKey)"

        [client.services.\(service)]
        token = \(TOMLText.string(secrets.vps.ratholeToken.text))
        local_addr = "127.0.0.1:\(answers.appPort)"

        """
    }

    private static func transport(_ side: ConfigText, own: TunnelKey) -> ConfigText {
        """
        [\(side).transport]
        type = "noise"

        [\(side).transport.tcp]
        nodelay = true
        keepalive_secs = 10
        keepalive_interval = 3

        [\(side).transport.noise]
        pattern = "Noise_KK_25519_ChaChaPoly_BLAKE2s"
        local_private_key = "\(secret: own)"

        """
    }
}
