import GateModel

// Secrets: how long they must be, and how they are written. Nothing here may put one into a message.

extension ValueKind<Secret> {
    static let jwtSecret = ValueKind("at least 32 bytes, such as `openssl rand -hex 32` prints") {
        raw throws(Malformed) in
        try SecretText.read(raw.bytes, minimumBytes: 32, decodesHex: false)
    }

    static let sessionKey = ValueKind("at least 64 bytes, or 128 hex digits as `openssl rand -hex 64` prints")
    {
        raw throws(Malformed) in
        try SecretText.read(raw.bytes, minimumBytes: 64, decodesHex: true)
    }
}

extension ValueKind<[Secret]> {
    static let jwtSecrets = ValueKind(
        "former secrets of at least 32 bytes, with commas between", isList: true
    ) {
        raw throws(Malformed) in
        try SecretText.readList(raw.bytes, minimumBytes: 32, decodesHex: false)
    }

    static let sessionKeys = ValueKind(
        "former keys of at least 64 bytes or 128 hex digits, with commas between", isList: true
    ) { raw throws(Malformed) in
        try SecretText.readList(raw.bytes, minimumBytes: 64, decodesHex: true)
    }
}

/// Reads secrets from what a person or a tool wrote.
enum SecretText {
    /// A secret with fewer different bytes than this was typed, not made: `aaaa…`, `changeme`.
    private static let leastDistinctBytes = 8

    static func read(_ bytes: [UInt8], minimumBytes: Int, decodesHex: Bool) throws(Malformed) -> Secret {
        var secret = bytes
        if decodesHex, bytes.count == 128, let decoded = decodeHex(bytes) { secret = decoded }
        guard secret.count >= minimumBytes else {
            throw Malformed(expected: "at least \(minimumBytes) bytes; these are \(secret.count)")
        }
        guard Set(secret).count >= leastDistinctBytes else {
            throw Malformed(expected: "a random secret, such as `openssl rand -hex \(minimumBytes)` prints")
        }
        return Secret(bytes: secret)
    }

    static func readList(_ bytes: [UInt8], minimumBytes: Int, decodesHex: Bool) throws(Malformed) -> [Secret]
    {
        var secrets: [Secret] = []
        for part in bytes.split(separator: UInt8(ascii: ",")) {
            let text = part.drop { isBlank($0) }
            guard let end = text.lastIndex(where: { !isBlank($0) }) else { continue }
            secrets.append(try read(Array(text[...end]), minimumBytes: minimumBytes, decodesHex: decodesHex))
        }
        return secrets
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0d).contains(byte) }

    private static func decodeHex(_ digits: [UInt8]) -> [UInt8]? {
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: digits.count, by: 2) {
            let pair = String(decoding: digits[index..<index + 2], as: UTF8.self)
            guard pair.first?.isHexDigit == true, let byte = UInt8(pair, radix: 16) else { return nil }
            bytes.append(byte)
        }
        return bytes
    }
}
