/// An aligned table for a terminal: a header, then one line a row.
package struct TextTable {
    private let columns: [String]
    private var rows: [[String]] = []

    package init(columns: [String]) {
        self.columns = columns
    }

    /// Takes a row with one cell a column; controls in it are made harmless.
    package mutating func add(_ cells: [String]) {
        rows.append(cells.map(PlainText.withoutControls))
    }

    /// The lines, two spaces between columns, no trailing spaces.
    ///
    /// With colour the header is dimmed.
    package func lines(hasColor: Bool) -> [String] {
        let widths = columns.indices.map { index in
            ([columns] + rows).map { index < $0.count ? $0[index].count : 0 }.max() ?? 0
        }
        let header = line(columns, widths)
        return [hasColor ? "\u{1b}[2m\(header)\u{1b}[22m" : header] + rows.map { line($0, widths) }
    }

    private func line(_ cells: [String], _ widths: [Int]) -> String {
        let padded = zip(cells, widths).map { cell, width in
            cell + String(repeating: " ", count: width - cell.count)
        }
        var line = padded.joined(separator: "  ")
        while line.last == " " { line.removeLast() }
        return line
    }
}
