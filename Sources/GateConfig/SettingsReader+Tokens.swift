import GateModel

// Secrets: given by hand in development, by the service manager in production, random when nobody gives one.

extension SettingsReader {
    mutating func tokens(_ environment: Settings.Environment) -> TokenSettings {
        TokenSettings(
            jwtSecret: secret(Keys.jwtSecret, bytes: 32, environment),
            jwtSecretPrevious: value(Keys.jwtSecretPrevious) ?? [], jwtAlgorithm: value(Keys.jwtAlgorithm),
            sessionKey: secret(Keys.sessionKey, bytes: 64, environment),
            sessionKeyPrevious: value(Keys.sessionKeyPrevious) ?? [], linkExpiry: value(Keys.linkExpiry),
            sessionTTL: value(Keys.sessionTTL), sessionIdle: value(Keys.sessionIdle))
    }

    /// The secret that was given; else a random one, which in production is reported as missing.
    private mutating func secret(
        _ key: OptionalKey<Secret>, bytes: Int, _ environment: Settings.Environment
    ) -> Secret {
        if let secret = value(key) { return secret }
        let name = key.definition.name
        if environment == .development { computed[name] = "random" }
        guard environment == .production, !isSet(key.definition) else {
            return Secret(bytes: sources.random(bytes))
        }
        let credential = key.definition.credential ?? name
        switch sources.reader {
        case .mailer: break
        case .check where sources.environment["CREDENTIALS_DIRECTORY"] == nil:
            computed[name] = "credential \(credential), which only the service sees"
        case .serve, .check:
            reject(
                key.definition,
                expected: "the systemd credential \(credential) (\(key.definition.expected)): "
                    + "LoadCredential=\(credential): in the unit, or a file of that name in $CREDENTIALS_DIRECTORY"
            )
        }
        return Secret(bytes: sources.random(bytes))
    }
}
