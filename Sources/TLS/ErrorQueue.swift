internal import COpenSSL

/// The error queue that libcrypto keeps for each thread (`ERR_get_error(3)`).
///
/// libssl mistakes old entries for news, so it is emptied before every call whose result is looked up.
enum ErrorQueue {
    /// The reason of the newest entry in libcrypto's words, nil when there is none; empties the queue.
    static func takeReason() -> String? {
        let code = ERR_peek_last_error()
        ERR_clear_error()
        guard code != 0, let reason = ERR_reason_error_string(code) else { return nil }
        return String(cString: reason)
    }

    /// Empties the queue.
    static func clear() {
        ERR_clear_error()
    }

    /// The library and the reason code of the oldest entry; the queue stays as it is.
    static func first() -> (library: Int32, reason: Int32)? {
        let code = ERR_peek_error()
        return code == 0 ? nil : (ERR_GET_LIB(code), ERR_GET_REASON(code))
    }
}
