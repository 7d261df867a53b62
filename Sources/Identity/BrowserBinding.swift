import Cryptography
package import GateModel

// What ties a link to the browser that asked for it, and a confirm page to the browser it was shown in.

/// The random value in a browser's nonce cookie; links are bound to it.
package enum BrowserNonce {
    private static let countBytes = 16

    package static func make() -> [UInt8] { Random.bytes(countBytes) }

    /// The cookie's value.
    package static func encode(_ nonce: [UInt8]) -> String { Base64URL.encode(nonce) }

    /// The nonce of a cookie's value; nil when it is not one that we made.
    package static func decode(_ text: some StringProtocol) -> [UInt8]? {
        guard let nonce = Base64URL.decode(text), nonce.count == countBytes else { return nil }
        return nonce
    }
}

/// The value in the confirm form, bound to a cookie that the page set and to the link it is for: a foreign
/// page knows neither, and cannot make one from a cookie of its own.
package struct ConfirmationKey: Sendable {
    private let key: Secret

    /// Derives the key with HKDF-SHA256 and the label `runegate confirm form v1`.
    package init(sessionKey: Secret) {
        self.key = HKDFSHA256.derive(from: sessionKey, label: "runegate confirm form v1", count: 32)
    }

    /// A fresh value for the cookie.
    package func makeCookie() -> String { Base64URL.encode(Random.bytes(16)) }

    /// The form's value for this cookie and this link's token.
    package func formValue(cookie: some StringProtocol, token: String) -> String {
        // The length keeps two pairs from running together into the same bytes.
        let input = "\(cookie.utf8.count):\(cookie)\(token)"
        return Base64URL.encode(HMACSHA256.authenticate(Array(input.utf8), key: key))
    }

    package func isValid(_ formValue: String, cookie: some StringProtocol, token: String) -> Bool {
        equalInConstantTime(Array(formValue.utf8), Array(self.formValue(cookie: cookie, token: token).utf8))
    }
}
