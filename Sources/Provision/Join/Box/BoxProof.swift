package import GateModel

/// Proves both paths: has the VPS ask the app through each, and looks at this machine's ends.
package struct BoxProof {
    private let client: JoinClient
    private let senses: BoxSenses

    package init(client: JoinClient, senses: BoxSenses) {
        self.client = client
        self.senses = senses
    }

    /// Both paths as they turned out to be; up to half a minute when one is down.
    package func verdicts() async -> (paths: [PathVerdict], trouble: Fault?) {
        var wireGuard: PathProof?
        var rathole: PathProof?
        var trouble: Fault?
        do throws(Fault) {
            switch try await client.ask(.prove) {
            case .proof(let first, let second): (wireGuard, rathole) = (first, second)
            default: throw EnrollFault.unreadable
            }
        } catch {
            trouble = error
        }
        let here = senses.report()
        return ([.wireGuard(wireGuard, here), .rathole(rathole, here)], trouble)
    }
}
