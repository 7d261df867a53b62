/// Finds the largest packet that a path carries unbroken, by halves.
///
/// A value: ask for ``next``, try that size, say what came of it.
package struct MTUSearch: Equatable, Sendable {
    /// The largest size known to pass; nil when none is yet.
    private var passed: Int?
    /// The smallest size known not to pass.
    private var failed: Int
    private let smallest: Int

    /// Searches among `sizes`.
    package init(_ sizes: ClosedRange<Int>) {
        smallest = sizes.lowerBound
        failed = sizes.upperBound + 1
    }

    /// The size to try; nil when the answer is known.
    package var next: Int? {
        guard let passed else { return failed > smallest ? smallest : nil }
        // The full size first: it is right almost always.
        if failed - passed <= 1 { return nil }
        return isUntouched ? failed - 1 : passed + (failed - passed) / 2
    }

    private var isUntouched = true

    package mutating func take(_ size: Int, hasPassed: Bool) {
        if size > smallest { isUntouched = false }
        if hasPassed {
            passed = max(passed ?? size, size)
        } else {
            failed = min(failed, size)
        }
    }

    /// The largest size that passes; nil when not even the smallest does, or it is not known yet.
    package var result: Int? { next == nil ? passed : nil }

    /// What WireGuard adds to each packet: IP, UDP, its own header and tag (whitepaper §5.4.6).
    package static func overhead(isIPv4: Bool) -> Int { isIPv4 ? 60 : 80 }
}
