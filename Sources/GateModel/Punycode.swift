/// The Bootstring encoding of internationalised labels (RFC 3492), without the `xn--` prefix.
enum Punycode {
    private static let base: UInt32 = 36
    private static let tMin: UInt32 = 1
    private static let tMax: UInt32 = 26

    /// The label in Punycode, or nil when a number would overflow (RFC 3492 §6.4).
    static func encode(_ scalars: [Unicode.Scalar]) -> String? {
        var output = scalars.filter { $0.value < 0x80 }.map { UInt8($0.value) }
        let basicCount = UInt32(output.count)
        if basicCount > 0 { output.append(UInt8(ascii: "-")) }
        var state = State()
        var codePoint: UInt32 = 128
        var handled = basicCount
        while handled < scalars.count {
            guard let next = scalars.lazy.map(\.value).filter({ $0 >= codePoint }).min() else { return nil }
            let (step, overflow) = (next - codePoint).multipliedReportingOverflow(by: handled + 1)
            let (delta, overflow2) = state.delta.addingReportingOverflow(step)
            guard !overflow, !overflow2 else { return nil }
            state.delta = delta
            codePoint = next
            for scalar in scalars {
                if scalar.value < codePoint { state.delta += 1 }
                guard scalar.value == codePoint else { continue }
                appendVariableLength(state.delta, bias: state.bias, to: &output)
                state.adapt(points: handled + 1, first: handled == basicCount)
                state.delta = 0
                handled += 1
            }
            state.delta += 1
            codePoint += 1
        }
        return String(decoding: output, as: UTF8.self)
    }

    /// The characters that a Punycode label stands for, or nil when it is not one.
    static func decode(_ text: some BidirectionalCollection<UInt8>) -> [Unicode.Scalar]? {
        let bytes = Array(text)
        let delimiter = bytes.lastIndex(of: UInt8(ascii: "-"))
        // With nothing before it a hyphen delimits nothing and is no digit either (RFC 3492 §6.2).
        guard delimiter != 0, bytes.allSatisfy({ $0 < 0x80 }) else { return nil }
        var output = bytes[..<(delimiter ?? 0)].map { Unicode.Scalar($0) }
        var digits = bytes[(delimiter.map { $0 + 1 } ?? 0)...]
        var state = State()
        var codePoint: UInt32 = 128
        var index: UInt32 = 0
        while !digits.isEmpty {
            let oldIndex = index
            var weight: UInt32 = 1
            var k = base
            while true {
                guard let digit = digits.popFirst().flatMap(value(of:)) else { return nil }
                let (product, overflow) = digit.multipliedReportingOverflow(by: weight)
                let (sum, overflow2) = index.addingReportingOverflow(product)
                guard !overflow, !overflow2 else { return nil }
                index = sum
                let threshold = state.threshold(k)
                if digit < threshold { break }
                let (nextWeight, overflow3) = weight.multipliedReportingOverflow(by: base - threshold)
                guard !overflow3 else { return nil }
                weight = nextWeight
                k += base
            }
            let count = UInt32(output.count) + 1
            state.delta = index - oldIndex
            state.adapt(points: count, first: oldIndex == 0)
            let (next, overflow) = codePoint.addingReportingOverflow(index / count)
            guard !overflow, next >= 128, let scalar = Unicode.Scalar(next) else { return nil }
            codePoint = next
            index %= count
            output.insert(scalar, at: Int(index))
            index += 1
        }
        return output
    }

    private static func appendVariableLength(_ delta: UInt32, bias: UInt32, to output: inout [UInt8]) {
        var quotient = delta
        var k = base
        while true {
            let threshold = State.threshold(k, bias: bias)
            guard quotient >= threshold else { break }
            output.append(digit(threshold + (quotient - threshold) % (base - threshold)))
            quotient = (quotient - threshold) / (base - threshold)
            k += base
        }
        output.append(digit(quotient))
    }

    private static func digit(_ value: UInt32) -> UInt8 {
        value < 26 ? UInt8(ascii: "a") + UInt8(value) : UInt8(ascii: "0") + UInt8(value - 26)
    }

    private static func value(of byte: UInt8) -> UInt32? {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(byte - UInt8(ascii: "a"))
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0")) + 26
        default: nil
        }
    }

    /// What both directions carry from one code point to the next: the delta and the bias (RFC 3492 §6.1).
    private struct State {
        var delta: UInt32 = 0
        var bias: UInt32 = 72

        mutating func adapt(points: UInt32, first: Bool) {
            var delta = first ? self.delta / 700 : self.delta / 2
            delta += delta / points
            var k: UInt32 = 0
            while delta > ((base - tMin) * tMax) / 2 {
                delta /= base - tMin
                k += base
            }
            bias = k + (base - tMin + 1) * delta / (delta + 38)
        }

        func threshold(_ k: UInt32) -> UInt32 { Self.threshold(k, bias: bias) }

        static func threshold(_ k: UInt32, bias: UInt32) -> UInt32 {
            k <= bias ? tMin : (k >= bias + tMax ? tMax : k - bias)
        }
    }
}
