package import TunnelSupervisor

/// What `runegate tunnels prefer` says when it is done.
package enum PreferenceNotice {
    package static func lines(_ preference: Preference, _ report: TunnelReport) -> [String] {
        let path = report.paths.first(where: \.isActive)
        let active = path?.name ?? "no path"
        let shown = active + SimulatedMark.words(path?.isSimulated ?? false)
        let wanted = preference == .auto ? report.paths.first?.name : preference.rawValue
        let now =
            active == wanted
            ? "Traffic is on \(shown)." : "Traffic stays on \(shown) until \(wanted ?? "it") works."
        let kept =
            preference == .auto
            ? "Runegate chooses by itself again, also after a restart."
            : "This is kept across restarts. Undo it: runegate tunnels prefer auto"
        return [now, kept]
    }
}
