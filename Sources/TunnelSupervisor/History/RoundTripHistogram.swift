import Glibc

/// A distribution of round trips of which percentiles are asked, in a fixed size however many there are.
///
/// Its buckets grow by a quarter of an octave, so that an answer is at most a tenth off.
package struct RoundTripHistogram: Sendable, Hashable {
    private static let lowest: Duration = .microseconds(10)
    private static let bucketsPerOctave = 4.0
    /// The last one begins above 10 s, longer than any probe waits.
    private static let bucketCount = 82

    private var counts: [Int]
    private var total = 0

    package init() {
        counts = Array(repeating: 0, count: Self.bucketCount)
    }

    package mutating func add(_ time: Duration) {
        let octaves = log2(max(1, time / Self.lowest))
        counts[min(Int(octaves * Self.bucketsPerOctave), Self.bucketCount - 1)] += 1
        total += 1
    }

    /// The time that `percent` of them did not exceed; nil when it is empty.
    package func percentile(_ percent: Int) -> Duration? {
        guard total > 0 else { return nil }
        var remaining = (total * percent + 99) / 100
        let bucket = counts.firstIndex { count in
            remaining -= count
            return remaining <= 0
        }
        // The middle of the bucket, as its logarithm has it.
        return Self.lowest * exp2((Double(bucket ?? 0) + 0.5) / Self.bucketsPerOctave)
    }
}
