package import GateConfig
package import GateModel

/// Every key of this module, derived from the configured secrets, each for one purpose.
package struct Keyring: Sendable {
    /// The first secret of each kind signs; the others only verify.
    package init(jwtSecrets: [Secret], sessionKeys: [Secret]) {}

    package init(_ settings: TokenSettings) {
        self.init(
            jwtSecrets: [settings.jwtSecret] + settings.jwtSecretPrevious,
            sessionKeys: [settings.sessionKey] + settings.sessionKeyPrevious)
    }
}
