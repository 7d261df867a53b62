/// Where our files are on a machine; the same on both where both have them.
enum Paths {
    static let binary: ConfigText = "/usr/bin/runegate"
    static let environment = "/etc/runegate/runegate.env"
    static let mailAccount = "/etc/runegate/config/email.toml"
    static let credentials = "/etc/runegate/credentials"
    static let firewall = "/etc/runegate/firewall.nft"
    static let wireGuard = "/etc/wireguard/wg0.conf"
    static let ratholeServer = "/etc/rathole/server.toml"
    static let ratholeClient = "/etc/rathole/client.toml"
    static let nginx = "/etc/nginx/conf.d/runegate.conf"
    static let sysctl = "/etc/sysctl.d/60-runegate.conf"
    static let users = "/etc/sysusers.d/runegate.conf"
    static let units = "/etc/systemd/system"
}

/// Ports of the VPS that only the VPS itself sees.
enum LocalPort {
    /// The gateway, behind nginx.
    static let gateway = Port(known: 7870)
    /// Where Rathole's server offers the app.
    static let rathole = Port(known: 5202)
}
