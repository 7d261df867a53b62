/// What the VPS gets.
package enum VPSPlan {
    /// Every file and unit of the VPS.
    ///
    /// Before the join WireGuard has no peer, and Rathole's server waits for a key that nobody has and is not
    /// started.
    package static func make(answers: VPSAnswers, secrets: VPSSecrets) -> Plan {
        Plan(
            machine: .vps, files: [], units: [],
            certificate: SiteCertificate(domain: answers.domain, contact: answers.contact))
    }
}
