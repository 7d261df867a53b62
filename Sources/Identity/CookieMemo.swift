import Glibc
import Synchronization

/// Cookies that were verified once, by their whole text, so that most requests need no cryptography.
///
/// Only valid cookies are kept, and dropped with their session: strangers cannot fill it.
final class CookieMemo: Sendable {
    struct Entry {
        let cookie: [UInt8]
        /// Where the cookie counts.
        let door: Door
        let session: Session
        let reissued: String?
    }

    /// One lock for a part of the entries: event loops seldom meet at one.
    private final class Shard: Sendable {
        let entries = Mutex<[Int: Entry]>([:])
    }

    private let shards = (0..<16).map { _ in Shard() }

    /// The entry of exactly these bytes.
    func find(_ cookie: UnsafeRawBufferPointer) -> Entry? {
        let hash = Self.hash(cookie)
        let entry = shard(hash).entries.withLock { $0[hash] }
        guard let entry, Self.areEqual(entry.cookie, cookie) else { return nil }
        return entry
    }

    func insert(_ entry: Entry) {
        let hash = entry.cookie.withUnsafeBytes(Self.hash)
        shard(hash).entries.withLock { $0[hash] = entry }
    }

    /// Drops the entries of sessions that have ended.
    func dropEnded() {
        for shard in shards {
            shard.entries.withLock { entries in
                for (hash, entry) in entries where entry.session.hasEnded { entries[hash] = nil }
            }
        }
    }

    private func shard(_ hash: Int) -> Shard { shards[hash & 15] }

    /// A keyed hash (SipHash with this process's seed): nobody outside can make two cookies meet.
    private static func hash(_ bytes: UnsafeRawBufferPointer) -> Int {
        var hasher = Hasher()
        hasher.combine(bytes: bytes)
        return hasher.finalize()
    }

    private static func areEqual(_ kept: [UInt8], _ cookie: UnsafeRawBufferPointer) -> Bool {
        kept.withUnsafeBytes { kept in
            guard kept.count == cookie.count, let left = kept.baseAddress, let right = cookie.baseAddress
            else {
                return false
            }
            return memcmp(left, right, kept.count) == 0
        }
    }
}
