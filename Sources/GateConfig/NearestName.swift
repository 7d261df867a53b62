/// Guesses which name was meant by a mistyped one.
enum NearestName {
    /// The nearest of `names`, if it is near enough to be meant.
    static func of(_ typed: String, among names: some Collection<String>) -> String? {
        let limit = max(2, typed.utf8.count / 4)
        return names.map { (name: $0, distance: distance(Array(typed.utf8), Array($0.utf8))) }
            .filter { $0.distance <= limit }
            .min { ($0.distance, $0.name) < ($1.distance, $1.name) }?
            .name
    }

    /// Insertions, deletions and replacements between two names (Levenshtein).
    static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var row = Array(0...right.count)
        for (i, a) in left.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, b) in right.enumerated() {
                let replaced = diagonal + (a == b ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(replaced, row[j] + 1, diagonal + 1)
            }
        }
        return row[right.count]
    }
}
