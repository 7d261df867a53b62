internal import Cryptography
import Foundation
package import GateModel
package import WireGuardKernel

/// What the VPS remembers of its provisioning: the answers, and what was made at random for it.
///
/// Keys of the tunnels are not in it: they belong to ``EnrollState``, because a join changes them.
package struct VPSState: Codable, Sendable {
    /// Counts the runs that changed something.
    package var generation: Int
    package var answers: StoredVPSAnswers
    package var signing: SigningSecrets
    /// Stands where the aibox's Rathole key will.
    package var ratholeNobody: PublicKey

    /// A machine that was never provisioned.
    package init(answers: VPSAnswers) {
        self.generation = 0
        self.answers = StoredVPSAnswers(answers)
        self.signing = .make()
        // The private half is thrown away at once.
        self.ratholeNobody = TunnelKey.makePrivateKey().publicKey
    }

    /// Everything that the plan's secrets come from.
    package func secrets(tunnels: ServerTunnels) -> VPSSecrets {
        var secrets = VPSSecrets(
            wireGuardPrivateKey: tunnels.wireGuardPrivateKey, ratholePrivateKey: tunnels.ratholePrivateKey,
            ratholeNobody: ratholeNobody, ratholeToken: tunnels.ratholeToken.secret,
            jwtSecret: signing.jwt.secret, sessionKey: signing.session.secret, joined: tunnels.joined)
        secrets.jwtSecretPrevious = signing.jwtPrevious.map(\.secret)
        secrets.sessionKeyPrevious = signing.sessionPrevious.map(\.secret)
        return secrets
    }

    /// The state as the file that it is kept in.
    package var file: PlannedFile {
        PlannedFile(path: ProvisionPaths.state, contents: JSONBytes.of(self), mode: 0o600, isSecret: true)
    }

    /// Reads the state of a tree; nil when it was never provisioned.
    package static func read(_ installation: Installation) throws(Fault) -> VPSState? {
        guard let file = try installation.file(ProvisionPaths.state) else { return nil }
        do {
            return try JSONDecoder().decode(VPSState.self, from: Data(file.contents))
        } catch {
            throw .damagedState
        }
    }
}

extension Fault {
    package static let notProvisioned = Fault(
        code: "not-provisioned", problem: "This machine was never provisioned",
        remedy: "Run `sudo runegate provision vps` first.")

    static let damagedState = damaged(ProvisionPaths.state)

    /// A record of the VPS cannot be read.
    static func damaged(_ record: String) -> Fault {
        Fault(
            code: "provision-state-unreadable",
            problem: "\(record) is damaged or was written by a later Runegate",
            remedy: """
                Put it back from a backup. Without one, run `runegate provision vps --uninstall` and provision anew; \
                visitors then sign in again and the aibox joins again.
                """)
    }
}

/// The keys that sign links and sessions, each with those before it.
package struct SigningSecrets: Codable, Hashable, Sendable {
    package var jwt: StoredSecret
    package var jwtPrevious: [StoredSecret] = []
    package var session: StoredSecret
    package var sessionPrevious: [StoredSecret] = []

    /// What `--rotate` names.
    package enum Kind: String, Sendable, Hashable, CaseIterable { case session, jwt }

    /// Old keys that still verify: sessions live for days, so two rotations in a week sign nobody out.
    private static let keptPrevious = 2

    /// New ones.
    package static func make() -> SigningSecrets {
        SigningSecrets(jwt: makeSecret(), session: makeSecret())
    }

    /// 64 random bytes in hexadecimal, which every reader of the files takes as they are.
    private static func makeSecret() -> StoredSecret {
        StoredSecret(Secret(text: Hex.encode(Random.bytes(64))))
    }

    /// Signs with a new key from now on; what the old one signed counts on.
    package mutating func rotate(_ kind: Kind) {
        switch kind {
        case .session:
            sessionPrevious = Array(([session] + sessionPrevious).prefix(Self.keptPrevious))
            session = Self.makeSecret()
        case .jwt:
            jwtPrevious = Array(([jwt] + jwtPrevious).prefix(Self.keptPrevious))
            jwt = Self.makeSecret()
        }
    }
}
