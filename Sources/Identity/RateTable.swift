/// Counters of tries in a table of fixed size: what strangers send never makes it grow.
///
/// Each key has a window that begins with its first try. Keys are known by a keyed hash only (Swift's
/// `Hasher`, SipHash with a seed of this process), so nobody can aim at a slot. Only a counter whose window
/// is over makes room; when all slots that a key may use are taken, it shares the busiest of them: a full
/// table never gives free tries.
struct RateTable {
    private struct Slot {
        var tag: UInt32 = 0
        var count: UInt32 = 0
        var endMilliseconds: Int64 = .min
    }

    private static let ways = 8
    private var slots: [Slot]

    /// Makes a table of `count` slots, a power of two; a slot takes 16 bytes.
    init(count: Int) {
        precondition(count >= Self.ways && count & (count - 1) == 0, "the number of slots is a power of two")
        self.slots = Array(repeating: Slot(), count: count)
    }

    /// Counts a try.
    ///
    /// - Returns: Nil when it is within the limit; else the milliseconds until the window is over.
    mutating func take(_ key: Int, at now: Int64, limit: Int, windowMilliseconds: Int64) -> Int64? {
        let (set, tag) = place(of: key)
        let index = find(tag, in: set, at: now) ?? room(in: set, at: now)
        if slots[index].endMilliseconds <= now {
            slots[index] = Slot(tag: tag, count: 0, endMilliseconds: now + windowMilliseconds)
        }
        slots[index].count = min(slots[index].count + 1, UInt32.max - 1)
        return Int(slots[index].count) <= limit ? nil : slots[index].endMilliseconds - now
    }

    /// Takes back a try that was counted.
    mutating func refund(_ key: Int, at now: Int64) {
        let (set, tag) = place(of: key)
        guard let index = find(tag, in: set, at: now), slots[index].count > 0 else { return }
        slots[index].count -= 1
    }

    /// Forgets the key.
    mutating func clear(_ key: Int, at now: Int64) {
        let (set, tag) = place(of: key)
        guard let index = find(tag, in: set, at: now) else { return }
        slots[index].endMilliseconds = .min
    }

    private func place(of key: Int) -> (set: Range<Int>, tag: UInt32) {
        let hash = UInt(bitPattern: key)
        let start = Int(hash & UInt(slots.count - 1)) & ~(Self.ways - 1)
        return (start..<start + Self.ways, UInt32(truncatingIfNeeded: hash >> 32))
    }

    private func find(_ tag: UInt32, in set: Range<Int>, at now: Int64) -> Int? {
        set.first { slots[$0].tag == tag && slots[$0].endMilliseconds > now }
    }

    /// A slot whose window is over, else the busiest one.
    private func room(in set: Range<Int>, at now: Int64) -> Int {
        set.first { slots[$0].endMilliseconds <= now }
            ?? set.max { slots[$0].count < slots[$1].count } ?? set.lowerBound
    }
}
