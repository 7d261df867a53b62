/// Numbers of bytes as people say them.
enum ByteCount {
    /// In units of 1024 (IEC 80000-13): `340 B`, `1.2 KiB`, `18 MiB`.
    static func words(_ bytes: UInt64) -> String {
        var value = Double(bytes)
        var units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"][...]
        while value >= 1024, units.count > 1 {
            value /= 1024
            units.removeFirst()
        }
        let tenths = (value * 10).rounded() / 10
        let isWhole = bytes < 1024 || tenths >= 10
        return "\(isWhole ? "\(Int64(value.rounded()))" : "\(tenths)") \(units.first ?? "")"
    }
}

/// Round trips as people say them.
enum Milliseconds {
    /// To a tenth below 10.
    static func words(_ value: Double) -> String {
        value < 10 ? "\((value * 10).rounded() / 10)" : "\(Int64(value.rounded()))"
    }
}
