package import Metrics
internal import Synchronization

/// All metrics of the process, kept for Prometheus: the back end of swift-metrics.
///
/// Making a metric takes a lock; counting in it does not. A metric is kept for as long as the process lives,
/// so that its count never falls back.
package final class MetricsRegistry: MetricsFactory {
    private let families = Mutex<[String: MetricFamily]>([:])

    package init() {}

    package func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        cell(label, .counter, dimensions) { CounterCell() }
    }

    package func makeFloatingPointCounter(
        label: String, dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler {
        cell(label, .counter, dimensions) { FloatingCounterCell() }
    }

    package func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        cell(label, .gauge, dimensions) { GaugeCell() }
    }

    package func makeRecorder(
        label: String, dimensions: [(String, String)], aggregate: Bool
    ) -> any RecorderHandler {
        aggregate
            ? cell(label, .histogram, dimensions) { HistogramCell(bounds: HistogramCell.amounts) }
            : cell(label, .gauge, dimensions) { GaugeCell() }
    }

    package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        cell("\(label)_seconds", .histogram, dimensions) { HistogramCell(bounds: HistogramCell.seconds) }
    }

    package func destroyCounter(_ handler: any CounterHandler) {}
    package func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {}
    package func destroyMeter(_ handler: any MeterHandler) {}
    package func destroyRecorder(_ handler: any RecorderHandler) {}
    package func destroyTimer(_ handler: any TimerHandler) {}

    /// Everything in the Prometheus text format 0.0.4, in the order of names.
    package func render() -> String {
        let families = families.withLock { $0 }
        return families.sorted { $0.key < $1.key }.map { $0.value.rendered }.joined()
    }

    /// The cell of a metric, made at its first use.
    ///
    /// A name has one kind in Prometheus. Whoever uses it for another, which is a mistake in the program, gets
    /// a cell that counts and is not shown.
    private func cell<Cell: AnyObject & Sendable>(
        _ label: String, _ kind: MetricFamily.Kind, _ dimensions: [(String, String)], make: () -> Cell
    ) -> Cell {
        let name = MetricName.family(label, kind)
        let labels = MetricName.labels(dimensions)
        return families.withLock { families in
            if let existing = families[name]?.cells[labels] as? Cell { return existing }
            let cell = make()
            let family = families[name] ?? MetricFamily(name: name, kind: kind)
            guard family.kind == kind, family.cells[labels] == nil else { return cell }
            families[name, default: family].cells[labels] = cell
            return cell
        }
    }
}

/// How names and labels are spelled (Prometheus data model): letters, digits and `_`, no digit first.
enum MetricName {
    static func family(_ label: String, _ kind: MetricFamily.Kind) -> String {
        let name = spelled(label)
        return kind == .counter && !name.hasSuffix("_total") ? "\(name)_total" : name
    }

    /// `{name="value",…}` or nothing.
    static func labels(_ dimensions: [(String, String)]) -> String {
        guard !dimensions.isEmpty else { return "" }
        let pairs = dimensions.map { "\(spelled($0.0))=\"\(escaped($0.1))\"" }
        return "{\(pairs.joined(separator: ","))}"
    }

    private static func spelled(_ text: String) -> String {
        let name = String(text.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
        return name.first?.isNumber ?? true ? "_\(name)" : name
    }

    private static func escaped(_ value: String) -> String {
        value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
    }
}
