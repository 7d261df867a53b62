internal import COpenSSL

/// The distribution's cryptographic random number generator.
package enum Random {
    /// `count` unpredictable bytes.
    ///
    /// Ends the process when the system has no entropy source: nothing that Runegate does is safe without
    /// one.
    package static func bytes(_ count: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        let result = RAND_bytes(&bytes, Int32(count))
        precondition(result == 1, "RAND_bytes failed: no source of randomness")
        return bytes
    }
}
