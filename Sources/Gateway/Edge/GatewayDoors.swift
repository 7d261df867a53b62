package import GateConfig
import Identity

/// What visitors come to: the app's door and, on a host name of its own, the owner's.
package struct GatewayDoors: Sendable {
    /// The owner's door; nothing that comes by it reaches the app.
    package struct Owner: Sendable {
        let settings: Settings
        let site: Site

        /// - Parameters:
        ///   - settings: ``GateConfig/Settings/atOwnersDoor``.
        ///   - site: Made of the same settings, with the owner's page.
        package init(settings: Settings, site: Site) {
            self.settings = settings
            self.site = site
        }
    }

    let settings: Settings
    let site: Site
    let owner: Owner?

    package init(settings: Settings, site: Site, owner: Owner? = nil) {
        self.settings = settings
        self.site = site
        self.owner = owner
    }

    func state(_ sessions: SessionTable) -> EdgeState {
        EdgeState(
            settings: settings, site: site, cookies: site.cookies, sessions: SessionAccess(sessions),
            owner: owner.map { owner in
                EdgeState(
                    settings: owner.settings, site: owner.site, cookies: owner.site.cookies,
                    sessions: SessionAccess(sessions, ofOwners: owner.settings.admins))
            })
    }
}
