// The octets of a `Cookie` header, read strictly: pairs end at `;`, only SP and HTAB are trimmed, quotes and
// `$Version` mean nothing (RFC 6265 §5.4; the tricks that live from reading more into it are many).

/// One piece of a `Cookie` header between two semicolons.
struct CookiePair {
    /// The bytes before the first `=`, or none when there is no `=`.
    let name: Substring.UTF8View
    let value: Substring.UTF8View

    init(_ piece: Substring.UTF8View) {
        let trimmed = Self.trim(piece)
        guard let equals = trimmed.firstIndex(of: UInt8(ascii: "=")) else {
            self.name = trimmed[trimmed.startIndex..<trimmed.startIndex]
            self.value = trimmed
            return
        }
        self.name = Self.trim(trimmed[..<equals])
        self.value = Self.trim(trimmed[trimmed.index(after: equals)...])
    }

    static func trim(_ text: Substring.UTF8View) -> Substring.UTF8View {
        var text = text
        while let first = text.first, isBlank(first) { text = text.dropFirst() }
        while let last = text.last, isBlank(last) { text = text.dropLast() }
        return text
    }

    static func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
}

enum CookieField {
    /// The value of the only cookie with this exact name; nil when there is none, or more than one: which of
    /// two the browser meant cannot be known, and one may have been planted.
    static func value(of name: String, in fields: some Sequence<String>) -> Substring? {
        var found: Substring?
        for field in fields {
            var rest = Substring(field).utf8
            while true {
                let end = rest.firstIndex(of: UInt8(ascii: ";"))
                let pair = CookiePair(rest[..<(end ?? rest.endIndex)])
                if pair.name.elementsEqual(name.utf8) {
                    guard found == nil else { return nil }
                    found = Substring(pair.value)
                }
                guard let end else { break }
                rest = rest[rest.index(after: end)...]
            }
        }
        return found
    }

    /// The field without our cookies, every other byte as it was; nil when nothing is left.
    static func stripped(_ field: String, of names: CookieNames) -> String? {
        var kept: [UInt8] = []
        var isChanged = false
        for piece in field.utf8.split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false) {
            if names.isOurs(CookiePair(piece).name) {
                isChanged = true
                continue
            }
            if !kept.isEmpty { kept.append(UInt8(ascii: ";")) }
            // The blank behind a removed first pair's semicolon would otherwise lead the field.
            kept += kept.isEmpty && isChanged ? CookiePair.trim(piece) : piece
        }
        guard isChanged else { return field }
        return kept.isEmpty ? nil : String(decoding: kept, as: UTF8.self)
    }
}
