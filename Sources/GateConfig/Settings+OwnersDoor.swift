import GateModel

extension Settings {
    /// What counts at the owner's door: its own origin, host-only cookies under a name of their own, and the
    /// admins as the only ones who may sign in; nil without such a door.
    package var atOwnersDoor: Settings? {
        guard let adminBaseURL else { return nil }
        var copy = self
        copy.baseURL = adminBaseURL
        copy.policy = PolicySettings(emails: admins, domains: [], allowAny: false)
        copy.cookies = CookieSettings(
            isSecure: adminBaseURL.isHTTPS, domain: nil, sessionName: CookieSettings.ownerSessionName)
        copy.proxy.hasDebugEndpoints = false
        return copy
    }
}

extension CookieSettings {
    /// The session cookie at the owner's door, without `__Host-`.
    package static let ownerSessionName = "runegate_owner"
}
