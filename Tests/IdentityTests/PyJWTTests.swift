import Cryptography
import Foundation
import GateModel
import Testing

@testable import Identity

// Another implementation, PyJWT, reads what we sign and signs what we read, with keys derived as documented.

@Suite struct PyJWTTests {
    /// The Python that has PyJWT: the test environment's if it was made, else the system's.
    private static var python: String {
        let local = FileManager.default.currentDirectoryPath + "/.build/venv/bin/python"
        return FileManager.default.isExecutableFile(atPath: local) ? local : "/usr/bin/python3"
    }

    /// Says what is missing by its name, so that a machine without it fails here and is told what to do.
    private static let preamble = """
        import json, sys
        try:
            import jwt
            from cryptography.hazmat.primitives import hashes
            from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
            from cryptography.hazmat.primitives.kdf.hkdf import HKDF
        except ImportError as error:
            sys.exit(f"PyJWT is missing ({error}): python3 -m venv .build/venv; .build/venv/bin/pip install pyjwt cryptography")
        secret, label, algorithm, token_type = bytes.fromhex(sys.argv[1]), *sys.argv[2:5]
        key = HKDF(hashes.SHA256(), 32, salt=None, info=label.encode()).derive(secret)
        name = HKDF(hashes.SHA256(), 6, salt=None, info=b"runegate key name v1").derive(secret)
        import base64
        kid = base64.urlsafe_b64encode(name).decode()
        if algorithm == "EdDSA":
            key = Ed25519PrivateKey.from_private_bytes(key)

        """

    private static func run(_ script: String, _ arguments: [String]) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: python)
        process.arguments = ["-c", preamble + script] + arguments
        let (output, problems) = (Pipe(), Pipe())
        process.standardOutput = output
        process.standardError = problems
        try process.run()
        let text = output.fileHandleForReading.readDataToEndOfFile()
        let said = problems.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0, "\(String(decoding: said, as: UTF8.self))")
        return String(decoding: text, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    private static let verify = """
        public = key.public_key() if algorithm == "EdDSA" else key
        claims = jwt.decode(sys.argv[5], public, algorithms=[algorithm], audience=sys.argv[6] or None,
                            issuer=sys.argv[6] or None, options={"verify_exp": False, "verify_iat": False})
        header = jwt.get_unverified_header(sys.argv[5])
        assert header == {"alg": algorithm, "typ": token_type, "kid": kid}, header
        print(claims["sub"], claims["iat"], claims["exp"])
        """

    private static let sign = """
        print(jwt.encode(json.loads(sys.argv[5]), key, algorithm, headers={"typ": token_type, "kid": kid}))
        """

    private static func arguments(_ secret: Secret, _ label: KeyPurpose, _ algorithm: String, _ type: String)
        -> [String]
    {
        [Hex.encode(secret.bytes), label.rawValue, algorithm, type]
    }

    @Test(arguments: [(IdentitySettings.Algorithm.hs256, KeyPurpose.linkHS256), (.edDSA, .linkEdDSA)])
    func `links, in both directions`(algorithm: IdentitySettings.Algorithm, label: KeyPurpose) throws {
        let keyring = Keyring(
            jwtSecret: IdentityFixture.jwtSecret, sessionKey: IdentityFixture.sessionKey,
            linkAlgorithm: algorithm)
        let ours = LinkToken(
            identifier: LinkToken.randomIdentifier(), subject: "ann@example.com", issuedAt: 1_790_000_000,
            expiresAt: 1_790_000_900, origin: IdentityFixture.origin)
        let arguments = Self.arguments(IdentityFixture.jwtSecret, label, algorithm.rawValue, LinkToken.type)
        let read = try Self.run(
            Self.verify, arguments + [ours.signed(with: keyring.links), IdentityFixture.origin])
        #expect(read == "ann@example.com 1790000000 1790000900")

        let claims = """
            {"jti": "\(ours.identifier)", "sub": "ann@example.com", "iat": 1790000000, "exp": 1790000900,
             "iss": "\(ours.origin)", "aud": "\(ours.origin)"}
            """
        let theirs = try Self.run(Self.sign, arguments + [claims])
        #expect(LinkToken.verify(theirs, keys: keyring.links, origin: IdentityFixture.origin) == ours)
    }

    @Test func `session cookies, in both directions`() throws {
        let keyring = Keyring(jwtSecret: IdentityFixture.jwtSecret, sessionKey: IdentityFixture.sessionKey)
        let ours = SessionToken(
            identifier: SessionToken.randomIdentifier(), subject: "ann@example.com", issuedAt: 1_790_000_000,
            expiresAt: 1_790_604_800)
        let arguments = Self.arguments(
            IdentityFixture.sessionKey, .sessionCookie, "HS256", Door.app.sessionType)
        let read = try Self.run(Self.verify, arguments + [ours.signed(with: keyring.session), ""])
        #expect(read == "ann@example.com 1790000000 1790604800")

        let claims = """
            {"sid": "\(ours.identifier)", "sub": "ann@example.com", "iat": 1790000000, "exp": 1790604800}
            """
        let theirs = try Self.run(Self.sign, arguments + [claims])
        #expect(SessionToken.verify(theirs, keys: keyring.session)?.token == ours)
    }
}
