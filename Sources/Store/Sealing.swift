import Cryptography
package import GateModel

/// The keys that queued mails are sealed with: AES-256-GCM, each mail bound to its row.
package struct Sealing: Sendable {
    private let keys: [Secret]

    /// Takes keys of 32 bytes: the first seals, all of them open.
    package init(current: Secret, previous: [Secret] = []) {
        self.keys = [current] + previous
    }

    func seal(_ plaintext: [UInt8], mailID: String) -> String {
        Base64URL.encode(AESGCM.seal(plaintext, key: keys[0], context: Self.context(mailID)))
    }

    /// The plaintext, or nil when no key opens it.
    func open(_ sealed: String, mailID: String) -> [UInt8]? {
        guard let bytes = Base64URL.decode(sealed) else { return nil }
        for key in keys {
            if let plaintext = AESGCM.open(bytes, key: key, context: Self.context(mailID)) {
                return plaintext
            }
        }
        return nil
    }

    private static func context(_ mailID: String) -> [UInt8] { Array("runegate mail \(mailID)".utf8) }
}
