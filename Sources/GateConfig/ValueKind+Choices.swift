import GateModel

// Settings with a few words to choose from.

extension Settings.Environment: CaseIterable {
    package static let allCases: [Settings.Environment] = [.development, .production]
}

extension TokenSettings.Algorithm: CaseIterable {
    package static let allCases: [TokenSettings.Algorithm] = [.hs256, .edDSA]
}

extension MailSettings.Mailer: CaseIterable {
    package static let allCases: [MailSettings.Mailer] = [.inline, .external]
}

extension LogSettings.Format: CaseIterable {
    package static let allCases: [LogSettings.Format] = [.console, .json, .journald]
}

/// `RUNEGATE_SECURE_COOKIE` as it is written.
enum SecureCookie: String, CaseIterable {
    case auto
    case always = "true"
    case never = "false"
}

extension ValueKind<MailSettings.Transport> {
    static let transport = ValueKind.text("smtp, outbox:DIRECTORY or none") { text in
        switch text {
        case "smtp": .smtp
        case "none": MailSettings.Transport.none
        default:
            text.hasPrefix("outbox:") && text.utf8.count > 7 && !text.utf8.contains(0)
                ? .outbox(directory: String(text.dropFirst(7))) : nil
        }
    }
}

/// Log levels as they are written: `info`, or `info,gateway=debug`.
struct LogFilter: Sendable, Equatable {
    var level = "info"
    var modules: [String: String] = [:]
}

extension ValueKind<LogFilter> {
    private static let levels = ["trace", "debug", "info", "notice", "warning", "error", "critical"]

    static let logFilter = ValueKind.text(
        "a level (\(levels.joined(separator: ", "))), or module=level, with commas between"
    ) { text in
        var filter = LogFilter()
        for part in text.split(separator: ",").map(trimmed) where !part.isEmpty {
            let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let last = pair.last, let level = level(last) else { return nil }
            if pair.count == 1 {
                filter.level = level
            } else if !pair[0].isEmpty {
                filter.modules[pair[0].lowercased()] = level
            } else {
                return nil
            }
        }
        return filter
    }

    /// Also the words of `RUST_LOG`, which the variable's alias brings along.
    private static func level(_ word: Substring) -> String? {
        switch word.lowercased() {
        case "warn": "warning"
        case "off": "critical"
        case let word: levels.first { $0 == word }
        }
    }
}
