internal import CSystemd
import Glibc

/// The journal's own protocol (sd_journal_sendv(3)): fields instead of a line.
package enum Journal {
    /// Whether standard error leads into the journal (`JOURNAL_STREAM`, systemd.exec(5)): then entries with fields
    /// can take the place of lines.
    package static var hasStandardError: Bool {
        var status = stat()
        guard let stream = getenv("JOURNAL_STREAM"), fstat(STDERR_FILENO, &status) == 0 else { return false }
        // Whoever redirects standard error inherits the variable, but not the stream.
        return String(cString: stream) == "\(status.st_dev):\(status.st_ino)"
    }

    /// Writes one entry.
    ///
    /// Names are upper-case letters, digits and `_`, as the journal demands; an entry
    /// with another name loses that field.
    ///
    /// - Returns: False when the library refused the entry. With no journal running it still says yes.
    @discardableResult
    package static func send(fields: [(String, String)]) -> Bool {
        let encoded = fields.map { Array("\($0.0)=\($0.1)".utf8) }
        let total = encoded.reduce(0) { $0 + $1.count }
        // One buffer for all fields: its address stays put while the vectors point into it.
        return withUnsafeTemporaryAllocation(byteCount: max(total, 1), alignment: 1) { buffer in
            var vectors: [iovec] = []
            vectors.reserveCapacity(encoded.count)
            var offset = 0
            for field in encoded {
                let part = UnsafeMutableRawBufferPointer(rebasing: buffer[offset..<offset + field.count])
                part.copyBytes(from: field)
                vectors.append(iovec(iov_base: part.baseAddress, iov_len: field.count))
                offset += field.count
            }
            return sd_journal_sendv(vectors, Int32(vectors.count)) == 0
        }
    }
}
