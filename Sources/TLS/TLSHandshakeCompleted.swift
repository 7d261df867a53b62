/// User event that ``TLSClientHandler`` fires when the server has proven who it is and data may be sent.
package struct TLSHandshakeCompleted: Hashable, Sendable {
    /// Such as `TLSv1.3`.
    package let version: String
    /// Such as `TLS_AES_256_GCM_SHA384`.
    package let cipher: String

    package init(version: String, cipher: String) {
        self.version = version
        self.cipher = cipher
    }
}
