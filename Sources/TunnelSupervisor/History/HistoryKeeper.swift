package import GateModel
import Logging
package import Store
import UpstreamSelection

/// Writes what the tunnels do into the database, some seconds later and in batches, and reads it again.
///
/// While the database is away the last hours are kept in memory.
package actor HistoryKeeper {
    /// The length of the spans that samples are of.
    static let spanLength: Duration = .seconds(300)
    /// A switch is written after so long: by then it is known what became of the streams.
    static let switchDelay: Duration = .seconds(3)
    static let wakeInterval: Duration = .seconds(10)
    private static let mostWaiting = 1000

    private let service: TunnelService
    private let store: StateStore
    private let time: any TimeSource
    private let logger = Logger(label: "tunnels")
    private var spanBegan: Duration
    /// Switches up to this one are written; remembered ones of earlier runs are.
    private var writtenUntil: Duration
    private var waiting: [TunnelSampleRecord] = []

    package init(service: TunnelService, store: StateStore, time: any TimeSource = SystemTime()) {
        self.service = service
        self.store = store
        self.time = time
        self.spanBegan = time.now().sinceBoot
        self.writtenUntil = spanBegan
    }

    /// Writes until the task is cancelled, and then what is left.
    package func run() async {
        while (try? await Task.sleep(for: Self.wakeInterval)) != nil { await write(isLast: false) }
        await write(isLast: true)
    }

    /// Writes what is due.
    func write(isLast: Bool) async {
        let now = time.now().sinceBoot
        if isLast || now - spanBegan >= Self.spanLength {
            spanBegan = now
            waiting = (waiting + service.endHistorySpan().map(TunnelSampleRecord.init))
                .suffix(Self.mostWaiting)
        }
        let switches = unwrittenSwitches.filter { isLast || now - $0.at.sinceBoot >= Self.switchDelay }
        let samples = waiting
        let records = TunnelHistoryRecords(
            samples: samples, switches: switches.map(TunnelSwitchRecord.init))
        guard !records.isEmpty else { return }
        do throws(Fault) {
            try await store.append(records)
            // Nothing else takes away from them, so the first ones are those that were written.
            waiting.removeFirst(min(samples.count, waiting.count))
            if let last = switches.last { writtenUntil = max(writtenUntil, last.at.sinceBoot) }
        } catch {
            // The store tells the operator, and tries again.
            logger.debug("history waits for the database", metadata: ["why": "\(error.code)"])
        }
    }

    /// The history up to this moment, written or not.
    package func history(minuteOfDay: @Sendable (Int64) -> Int) async throws(Fault) -> TunnelHistory {
        let now = time.now()
        let oldest = now.unixSeconds - StateStore.tunnelHistoryLife.components.seconds
        let samples = waiting + service.historySpan.map(TunnelSampleRecord.init)
        let switches = unwrittenSwitches.map(TunnelSwitchRecord.init)
        var records = try await store.tunnelHistory(sinceUnixSeconds: oldest)
        // Some of them may have been written meanwhile.
        records.samples += samples.filter { !records.samples.contains($0) }
        records.switches += switches.filter { !records.switches.contains($0) }
        return TunnelHistory(
            records, first: service.settings.paths[0].name.rawValue, sinceUnixSeconds: oldest,
            untilUnixSeconds: now.unixSeconds,
            isSimulated: service.settings.paths.contains(where: \.isSimulated), minuteOfDay: minuteOfDay)
    }

    private var unwrittenSwitches: [SwitchRecord] {
        service.switches.filter { $0.at.sinceBoot > writtenUntil }
    }
}

extension TunnelSampleRecord {
    init(_ sample: PathSample) {
        self.init(
            unixSeconds: sample.beganUnixSeconds, path: sample.path.rawValue, seconds: sample.seconds,
            activeSeconds: sample.activeSeconds, probes: sample.probes, lost: sample.lost,
            roundTripP50Microseconds: sample.roundTripP50?.wholeMicroseconds,
            roundTripP95Microseconds: sample.roundTripP95?.wholeMicroseconds,
            handshakeAgeSeconds: sample.handshakeAge?.components.seconds)
    }
}

extension TunnelSwitchRecord {
    init(_ record: SwitchRecord) {
        self.init(
            unixSeconds: record.at.unixSeconds, from: record.from.rawValue, to: record.to.rawValue,
            cause: record.cause.rawValue, gapMilliseconds: record.gap.wholeMilliseconds,
            streamsKept: record.streams?.kept, streamsEnded: record.streams?.ended)
    }
}

extension Duration {
    fileprivate var wholeMicroseconds: Int64 {
        components.seconds * 1_000_000 + components.attoseconds / 1_000_000_000_000
    }
}
