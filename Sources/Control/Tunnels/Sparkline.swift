/// Numbers as a row of little bars.
enum Sparkline {
    private static let bars = Array("▁▂▃▄▅▆▇█")

    /// One value of a row.
    enum Value: Equatable {
        case number(Double)
        /// Nothing is known.
        case unknown
        /// It was looked, and nothing answered.
        case lost
    }

    /// One character a value; the highest number is a full bar.
    static func text(_ values: [Value]) -> String {
        let numbers = values.compactMap { if case .number(let number) = $0 { number } else { nil } }
        let highest = numbers.max() ?? 0
        return String(
            values.map { value in
                switch value {
                case .unknown: " "
                case .lost: "×"
                case .number(let number): bar(number, of: highest)
                }
            })
    }

    private static func bar(_ number: Double, of highest: Double) -> Character {
        guard highest > 0 else { return bars[0] }
        return bars[min(bars.count - 1, max(0, Int(number / highest * Double(bars.count) - 0.5)))]
    }
}
