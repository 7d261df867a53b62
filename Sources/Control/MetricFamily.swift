/// All metrics of one name: they have one kind and differ in their labels.
struct MetricFamily: Sendable {
    enum Kind: String, Sendable {
        case counter, gauge, histogram
    }

    let name: String
    let kind: Kind
    /// By labels as they are written.
    var cells: [String: any AnyObject & Sendable] = [:]

    /// `# TYPE`, then a line for each value.
    var rendered: String {
        let lines = cells.sorted { $0.key < $1.key }.flatMap { labels, cell in Self.lines(name, labels, cell)
        }
        return "# TYPE \(name) \(kind.rawValue)\n" + lines.map { "\($0)\n" }.joined()
    }

    private static func lines(_ name: String, _ labels: String, _ cell: any AnyObject & Sendable) -> [String]
    {
        switch cell {
        case let cell as CounterCell: ["\(name)\(labels) \(cell.value)"]
        case let cell as FloatingCounterCell: ["\(name)\(labels) \(number(cell.value))"]
        case let cell as GaugeCell: ["\(name)\(labels) \(number(cell.value))"]
        case let cell as HistogramCell: lines(name, labels, histogram: cell)
        default: []
        }
    }

    private static func lines(_ name: String, _ labels: String, histogram: HistogramCell) -> [String] {
        let (cumulative, count, sum) = histogram.snapshot
        let buckets = zip(histogram.bounds.map(number) + ["+Inf"], cumulative + [count]).map { bound, count in
            "\(name)_bucket\(adding("le", bound, to: labels)) \(count)"
        }
        return buckets + ["\(name)_sum\(labels) \(number(sum))", "\(name)_count\(labels) \(count)"]
    }

    private static func adding(_ label: String, _ value: String, to labels: String) -> String {
        labels.isEmpty ? "{\(label)=\"\(value)\"}" : "\(labels.dropLast()),\(label)=\"\(value)\"}"
    }

    /// A number as Prometheus reads it: whole ones without a fraction.
    static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        if let whole = Int64(exactly: value) { return String(whole) }
        return String(value)
    }
}
