/// Looks at this machine before anything is written to it.
package struct MachineInspection: Sendable {
    let answers: VPSAnswers
    let mayInstall: Bool

    package init(answers: VPSAnswers, mayInstall: Bool) {
        self.answers = answers
        self.mayInstall = mayInstall
    }

    package func results(isProvisioned: Bool) async -> [CheckResult] {
        []
    }
}
