import Foundation
package import GateModel

/// The VPS as it shall be: answers, what was made for them, and the whole plan that follows.
package struct VPSProvisioning: Sendable {
    package let answers: VPSAnswers
    package let state: VPSState
    package let enrolment: EnrollState
    /// The first certificate and its key; nil while nginx has one.
    let certificate: [UInt8]

    /// What the records of a tree say, brought together with new answers; `makeCertificate` makes the self-signed one.
    ///
    /// - Throws: A `Fault` when the records are damaged or the certificate cannot be made.
    package init(
        _ answers: VPSAnswers, in installation: Installation,
        makeCertificate: (SiteCertificate) throws(Fault) -> [UInt8]
    ) throws(Fault) {
        var state = try VPSState.read(installation) ?? VPSState(answers: answers)
        state.answers = StoredVPSAnswers(answers)
        self.answers = answers
        self.state = state
        self.enrolment = try Self.enrolment(in: installation) ?? EnrollState()
        let site = SiteCertificate(domain: answers.domain, contact: answers.contact)
        self.certificate =
            if let found = try installation.file(SiteCertificate.path) { found.contents } else {
                try makeCertificate(site)
            }
    }

    private init(_ other: VPSProvisioning, state: VPSState) {
        self.answers = other.answers
        self.state = state
        self.enrolment = other.enrolment
        self.certificate = other.certificate
    }

    /// The same with new signing keys.
    package func rotating(_ kinds: [SigningSecrets.Kind]) -> VPSProvisioning {
        var state = state
        for kind in kinds { state.signing.rotate(kind) }
        return VPSProvisioning(self, state: state)
    }

    /// The same, counted as one run more.
    package var nextGeneration: VPSProvisioning {
        var state = state
        state.generation += 1
        return VPSProvisioning(self, state: state)
    }

    /// Every file of the machine, the records too.
    package func plan() throws(Fault) -> Plan {
        let rendered = VPSPlan.make(
            answers: answers, secrets: state.secrets(tunnels: enrolment.wantedTunnels))
        return Plan(
            machine: .vps, directories: rendered.directories,
            files: rendered.files + [
                state.file,
                PlannedFile(
                    path: ProvisionPaths.enrolment, contents: JSONBytes.of(enrolment), mode: 0o600,
                    isSecret: true,
                    isSeed: true),
                PlannedFile(
                    path: SiteCertificate.path, contents: certificate, mode: 0o600, isSecret: true,
                    isSeed: true),
            ],
            units: rendered.units, certificate: rendered.certificate)
    }

    private static func enrolment(in installation: Installation) throws(Fault) -> EnrollState? {
        guard let file = try installation.file(ProvisionPaths.enrolment) else { return nil }
        do {
            return try JSONDecoder().decode(EnrollState.self, from: Data(file.contents))
        } catch {
            throw .damaged(ProvisionPaths.enrolment)
        }
    }
}

extension Installation {
    /// What a run would do, with the generation that the machine then has.
    ///
    /// A run that changes nothing counts for nothing, so the second one finds its own state unchanged.
    package func changes(
        to provisioning: VPSProvisioning, rules: ChangeRules
    ) throws(Fault) -> (plan: Plan, changes: [FileChange]) {
        let plan = try provisioning.plan()
        let changes = try changes(to: plan, rules: rules)
        guard changes.contains(where: \.isWork) else { return (plan, changes) }
        let next = try provisioning.nextGeneration.plan()
        return (next, try self.changes(to: next, rules: rules))
    }
}
