internal import Metrics
internal import Synchronization

// The cells that metrics count in. Counting is one atomic addition, so that it can be done for each request;
// reading a cell while it is written gives a value of some moment, which is all that Prometheus asks.

/// A count that only grows.
final class CounterCell: CounterHandler {
    private let count = Atomic<Int64>(0)

    var value: Int64 { count.load(ordering: .relaxed) }

    func increment(by amount: Int64) { count.wrappingAdd(amount, ordering: .relaxed) }

    func reset() { count.store(0, ordering: .relaxed) }
}

/// A sum of fractions that only grows.
final class FloatingCounterCell: FloatingPointCounterHandler {
    private let sum = AtomicDouble()

    var value: Double { sum.value }

    func increment(by amount: Double) { sum.add(amount) }

    func reset() { sum.value = 0 }
}

/// A value that goes up and down.
final class GaugeCell: MeterHandler, RecorderHandler {
    private let current = AtomicDouble()

    var value: Double { current.value }

    func set(_ value: Int64) { current.value = Double(value) }
    func set(_ value: Double) { current.value = value }
    func increment(by amount: Double) { current.add(amount) }
    func decrement(by amount: Double) { current.add(-amount) }

    // A recorder that does not aggregate keeps the last value.
    func record(_ value: Int64) { set(value) }
    func record(_ value: Double) { set(value) }
}

/// A distribution over fixed buckets.
final class HistogramCell: RecorderHandler, TimerHandler {
    /// Upper bounds, ascending; one more bucket takes what is above the last.
    let bounds: [Double]
    private let counts: [CounterCell]
    private let sum = AtomicDouble()

    /// Seconds: from a request that memory answers to one that takes a minute.
    static let seconds = [
        0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60,
    ]

    /// Sizes and other amounts: powers of four, to a thousand million.
    static let amounts = (0...15).map { Double(1 << (2 * $0)) }

    init(bounds: [Double]) {
        self.bounds = bounds
        self.counts = (0...bounds.count).map { _ in CounterCell() }
    }

    func record(_ value: Int64) { record(Double(value)) }

    func record(_ value: Double) {
        counts[bounds.firstIndex { value <= $0 } ?? bounds.count].increment(by: 1)
        sum.add(value)
    }

    func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1_000_000_000) }

    /// For each bound how many values were at most that, then how many there were, and their sum.
    var snapshot: (cumulative: [Int64], count: Int64, sum: Double) {
        var total: Int64 = 0
        let cumulative = counts.map { cell in
            total += cell.value
            return total
        }
        return (Array(cumulative.dropLast()), total, sum.value)
    }
}

/// A floating-point number that many threads add to.
private final class AtomicDouble: Sendable {
    private let bits = Atomic<UInt64>(0)

    var value: Double {
        get { Double(bitPattern: bits.load(ordering: .relaxed)) }
        set { bits.store(newValue.bitPattern, ordering: .relaxed) }
    }

    func add(_ amount: Double) {
        var old = bits.load(ordering: .relaxed)
        while true {
            let new = (Double(bitPattern: old) + amount).bitPattern
            let result = bits.weakCompareExchange(expected: old, desired: new, ordering: .relaxed)
            if result.exchanged { return }
            old = result.original
        }
    }
}
