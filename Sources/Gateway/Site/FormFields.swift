import Identity

// The two formats that our forms take: `application/x-www-form-urlencoded` and a flat JSON object. Both end
// up as named texts; anything ambiguous is refused.

/// The fields of a form, a query or a JSON object.
struct FormFields: Equatable {
    /// Why there are no fields.
    enum Problem: Error, Equatable {
        /// 400: the body is not what its type says.
        case malformed
        /// 415: neither of the two formats.
        case unsupportedType
    }

    private var values: [String: String] = [:]

    subscript(name: String) -> String? { values[name] }

    /// Reads a body by its media type (RFC 9110 §8.3); parameters such as `charset` are ignored: both formats
    /// are UTF-8 here.
    init(body: [UInt8], contentType: [String]) throws(Problem) {
        guard contentType.count == 1, let type = contentType.first else { throw .unsupportedType }
        let essence = type.prefix { $0 != ";" }.lowercased().filter { $0 != " " && $0 != "\t" }
        switch essence {
        case "application/x-www-form-urlencoded": try self.init(urlEncoded: body)
        case "application/json": try self.init(json: body)
        default: throw .unsupportedType
        }
    }

    /// Reads `a=1&b=2` (WHATWG URL §5.1), but a name twice, a broken `%` escape, bad UTF-8 and control
    /// characters are malformed instead of being mended.
    init(urlEncoded bytes: some Collection<UInt8>) throws(Problem) {
        for pair in bytes.split(separator: UInt8(ascii: "&")) {
            let equals = pair.firstIndex(of: UInt8(ascii: "=")) ?? pair.endIndex
            let name = try Self.decoded(pair[..<equals])
            let value = try Self.decoded(pair[equals...].dropFirst())
            guard values.updateValue(value, forKey: name) == nil else { throw .malformed }
        }
    }

    /// Keeps the string members of an object that ``StrictJSON`` takes; numbers are as good as absent.
    init(json bytes: [UInt8]) throws(Problem) {
        guard let members = StrictJSON.object(bytes) else { throw .malformed }
        values = members.compactMapValues(\.string)
    }

    private static func decoded(_ bytes: some Collection<UInt8>) throws(Problem) -> String {
        var output: [UInt8] = []
        output.reserveCapacity(bytes.count)
        var rest = bytes.makeIterator()
        while let byte = rest.next() {
            switch byte {
            case UInt8(ascii: "+"): output.append(UInt8(ascii: " "))
            case UInt8(ascii: "%"):
                guard let high = rest.next().flatMap(hexDigit), let low = rest.next().flatMap(hexDigit) else {
                    throw .malformed
                }
                output.append(high << 4 | low)
            default: output.append(byte)
            }
        }
        guard !output.contains(where: { $0 < 0x20 || $0 == 0x7f }),
            let text = String(validating: output, as: UTF8.self)
        else { throw .malformed }
        return text
    }

    private static func hexDigit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
