import Foundation
import GateConfig
import Glibc
import Systemd

extension ConfigSources {
    /// The sources that this process has: its environment, the file system, its credentials.
    ///
    /// - Parameters:
    ///   - reader: On whose behalf they are read.
    ///   - flags: Settings from the command line, which win.
    ///   - directory: The configuration directory; nil for /etc/runegate.
    /// - Returns: Sources that a reload may build again: credentials stay what they were at start.
    static func process(reader: Reader, flags: [Flag] = [], directory: String? = nil) -> ConfigSources {
        var sources = ConfigSources(
            reader: reader, environment: ProcessInfo.processInfo.environment, files: SystemConfigFiles(),
            credential: Credentials.read, flags: flags)
        if let directory { sources.directory = directory }
        sources.usesCurrentDirectory = reader != .mailer
        sources.isRoot = geteuid() == 0
        sources.coreCount = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
        return sources
    }
}
