import GateModel

/// Asks the app over both paths, from the VPS: the paths as visitors' requests take them.
package struct ServerProof: Sendable {
    private let wireGuard: PathQuestion
    /// Nil: there is no Rathole here, and nothing to wait for.
    private let rathole: PathQuestion?
    /// New keys take WireGuard up to a handshake's retry of 5 s, and Rathole's client about one.
    private static let patience: Duration = .seconds(12)

    package init(_ answers: VPSAnswers) {
        wireGuard = PathQuestion(
            address: answers.tunnel.aibox, port: answers.appPort.number, host: answers.domain.ascii,
            refusalIsFar: true)
        rathole = answers.ratholeProgram.map { _ in
            PathQuestion(
                address: IPAddress(bytes: [127, 0, 0, 1]), port: LocalPort.rathole.number,
                host: answers.domain.ascii, refusalIsFar: false)
        }
    }

    package func ask() -> (wireGuard: PathProof, rathole: PathProof) {
        (wireGuard.ask(for: Self.patience), rathole?.ask(for: Self.patience) ?? .absent)
    }
}
