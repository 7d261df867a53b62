import Synchronization

/// Times as RFC 3339 writes them, in UTC, without Foundation.
final class Timestamp: Sendable {
    /// The last second asked for and its text: a busy log asks for the same one thousands of times.
    private let last = Mutex<(seconds: Int64, text: [UInt8])>((Int64.min, []))

    /// Appends `2026-11-21T07:50:32.123Z`.
    func append(seconds: Int64, milliseconds: Int, to output: inout [UInt8]) {
        let text = last.withLock { last in
            if last.seconds != seconds { last = (seconds, Self.render(seconds)) }
            return last.text
        }
        output.append(contentsOf: text)
        output.append(UInt8(ascii: "."))
        Self.append(milliseconds, width: 3, to: &output)
        output.append(UInt8(ascii: "Z"))
    }

    /// `2026-11-21T07:50:32`, by the proleptic Gregorian calendar counted in eras of 400 years from 1 March.
    static func render(_ unixSeconds: Int64) -> [UInt8] {
        let (days, second) = floorDivide(unixSeconds, by: 86_400)
        let (era, dayOfEra) = floorDivide(days + 719_468, by: 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        var output: [UInt8] = []
        append(Int(year), width: 4, to: &output)
        for (mark, value) in [
            ("-", month), ("-", day), ("T", second / 3600), (":", second / 60 % 60), (":", second % 60),
        ] {
            output.append(contentsOf: mark.utf8)
            append(Int(value), width: 2, to: &output)
        }
        return output
    }

    private static func floorDivide(_ value: Int64, by divisor: Int64) -> (quotient: Int64, remainder: Int64)
    {
        let remainder = value % divisor
        return remainder < 0 ? (value / divisor - 1, remainder + divisor) : (value / divisor, remainder)
    }

    private static func append(_ value: Int, width: Int, to output: inout [UInt8]) {
        let digits = String(value).utf8
        for _ in 0..<max(0, width - digits.count) { output.append(UInt8(ascii: "0")) }
        output.append(contentsOf: digits)
    }
}
