import Glibc
package import Logging

/// The one handler of swift-log: makes entries and hands them to the output.
package struct EntryHandler: LogHandler {
    package var metadata: Logger.Metadata = [:]
    package var metadataProvider: Logger.MetadataProvider?

    private let label: String
    private let output: LogOutput
    private let cell: LogLevels.Cell
    /// A level that somebody set on this logger alone.
    private var ownLevel: Logger.Level?

    package init(label: String, output: LogOutput, levels: LogLevels) {
        self.label = label
        self.output = output
        self.cell = levels.cell(of: label)
    }

    package var logLevel: Logger.Level {
        get { ownLevel ?? cell.level }
        set { ownLevel = newValue }
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        var inherited = metadata
        if let provided = metadataProvider?.get() { inherited.merge(provided) { _, new in new } }
        var fields = LogEntry.fields(of: event.metadata, over: inherited)
        if let error = event.error {
            fields.append(LogEntry.Field(key: "error", value: String(describing: error)))
        }
        output.write(
            LogEntry(
                seconds: Int64(time.tv_sec), milliseconds: time.tv_nsec / 1_000_000, level: event.level,
                module: label, message: event.message.description, fields: fields))
    }
}
