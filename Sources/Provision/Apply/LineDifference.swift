/// The difference of two texts, line by line, as `diff -u` writes it.
package struct LineDifference: Sendable, Hashable {
    package enum Line: Sendable, Hashable {
        case both(String)
        case old(String)
        case new(String)

        var text: String {
            switch self {
            case .both(let text): " \(text)"
            case .old(let text): "-\(text)"
            case .new(let text): "+\(text)"
            }
        }

        var isBoth: Bool { if case .both = self { true } else { false } }
    }

    package let lines: [Line]

    package init(old: [UInt8], new: [UInt8]) {
        let old = Self.split(old)
        let new = Self.split(new)
        let difference = new.difference(from: old)
        var removed: Set<Int> = []
        var inserted: Set<Int> = []
        for change in difference {
            switch change {
            case .remove(let offset, _, _): removed.insert(offset)
            case .insert(let offset, _, _): inserted.insert(offset)
            }
        }
        var lines: [Line] = []
        var place = (old: 0, new: 0)
        while place.old < old.count || place.new < new.count {
            if removed.contains(place.old) {
                lines.append(.old(old[place.old]))
                place.old += 1
            } else if inserted.contains(place.new) {
                lines.append(.new(new[place.new]))
                place.new += 1
            } else {
                lines.append(.both(old[place.old]))
                place.old += 1
                place.new += 1
            }
        }
        self.lines = lines
    }

    private static func split(_ bytes: [UInt8]) -> [String] {
        var lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        if lines.last?.isEmpty == true { lines.removeLast() }
        return lines.map { String(decoding: $0, as: UTF8.self) }
    }

    /// The changed lines with up to `context` lines around them, each group under a `@@` line.
    package func unified(context: Int = 3) -> [String] {
        var output: [String] = []
        var number = (old: 1, new: 1)
        let isShown = shownLines(context: context)
        for (index, line) in lines.enumerated() {
            if isShown[index] {
                if index == 0 || !isShown[index - 1] { output.append("@@ -\(number.old) +\(number.new) @@") }
                output.append(line.text)
            }
            if case .new = line {} else { number.old += 1 }
            if case .old = line {} else { number.new += 1 }
        }
        return output
    }

    private func shownLines(context: Int) -> [Bool] {
        var isShown = [Bool](repeating: false, count: lines.count)
        for (index, line) in lines.enumerated() where !line.isBoth {
            for near in max(0, index - context)...min(lines.count - 1, index + context) {
                isShown[near] = true
            }
        }
        return isShown
    }
}
