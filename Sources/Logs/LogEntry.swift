package import Logging

/// One event to log, as every output gets it: already cut to size, not yet escaped.
package struct LogEntry: Sendable {
    package struct Field: Equatable, Sendable {
        package var key: String
        package var value: String
    }

    /// Limits that keep a hostile request from filling the log with one event.
    package enum Limit {
        package static let messageBytes = 1024
        package static let keyBytes = 48
        package static let valueBytes = 1024
        package static let fields = 32
    }

    /// Wall clock: seconds since the Unix epoch, and milliseconds of that second.
    package var seconds: Int64
    package var milliseconds: Int
    package var level: Logger.Level
    /// The logger's label: a module's name in lower case.
    package var module: String
    /// A constant text, so that an operator can search for it.
    package var message: String
    /// What varies, sorted by key.
    package var fields: [Field]
}

extension LogEntry {
    /// Flattens swift-log's metadata: the event's own stands above the logger's.
    static func fields(of event: Logger.Metadata?, over inherited: Logger.Metadata) -> [Field] {
        var merged = inherited
        if let event { merged.merge(event) { _, new in new } }
        return
            merged.sorted { $0.key < $1.key }
            .prefix(Limit.fields)
            .map { Field(key: $0.key, value: text(of: $0.value)) }
    }

    private static func text(of value: Logger.MetadataValue) -> String {
        switch value {
        case .string(let text): text
        case .stringConvertible(let value): value.description
        case .array(let values): values.map(text(of:)).joined(separator: ",")
        case .dictionary(let values):
            values.sorted { $0.key < $1.key }.map { "\($0.key)=\(text(of: $0.value))" }.joined(separator: ",")
        }
    }
}
