import Testing

@testable import Provision

// What the owner of the aibox is told about each path.

struct PathVerdictTests {
    private let endpoint = "203.0.113.9:51820"

    private func here(
        isUp: Bool = true, handshake: Int64? = 5, echo: Bool? = true, rathole: BoxReport.Rathole? = nil,
        app: PathProof = .answered(status: 200)
    ) -> BoxReport {
        BoxReport(
            wireGuard: .init(isUp: isUp, endpoint: endpoint, handshakeSeconds: handshake, isEchoing: echo),
            rathole: rathole, app: .init(address: "127.0.0.1:7860", app))
    }

    private let connected = BoxReport.Rathole(server: "203.0.113.9:2333", isConnected: true)
    private let lost = BoxReport.Rathole(
        server: "203.0.113.9:2333", isConnected: false, isServerThere: false)

    @Test func `an answer of the app proves a path`() {
        let wireGuard = PathVerdict.wireGuard(.answered(status: 404), here())
        #expect(wireGuard.state == .works && wireGuard.text.contains("404"))
        let rathole = PathVerdict.rathole(.answered(status: 200), here(rathole: connected))
        #expect(rathole.state == .works)
    }

    @Test func `an app that does not listen is told from a tunnel that is not up`() {
        let appDown = PathVerdict.wireGuard(.appDown, here(app: .appDown))
        #expect(appDown.state == .appDown && appDown.text.contains("Start the app"))
        let down = PathVerdict.wireGuard(.silent, here(handshake: nil, echo: false, app: .appDown))
        #expect(down.state == .down && down.text.contains("UDP"))
        let off = PathVerdict.wireGuard(.silent, here(isUp: false, handshake: nil, echo: nil))
        #expect(off.state == .down && off.text.contains("wg-quick@wg0"))
        let noApp = PathVerdict.rathole(.ended, here(rathole: connected, app: .appDown))
        #expect(noApp.state == .appDown && noApp.text.contains("Start the app"))
        let noClient = PathVerdict.rathole(.absent, here(rathole: lost, app: .appDown))
        #expect(noClient.state == .down && noClient.text.contains("2333"))
    }

    @Test func `a tunnel that is up and lets nothing through points at other firewalls`() {
        let blocked = PathVerdict.wireGuard(.silent, here())
        #expect(blocked.state == .down && blocked.text.contains("firewall"))
        let slow = PathVerdict.wireGuard(.silent, here(app: .silent))
        #expect(slow.state == .appDown && slow.text.contains("starting"))
    }

    @Test func `without Rathole it is said what that means and what to do`() {
        let absent = PathVerdict.rathole(.absent, here())
        #expect(absent.state == .absent)
        #expect(absent.text.contains("no fallback") && absent.text.contains("Install"))
    }

    @Test func `a client that the server does not take is told from one that is stuck`() {
        let refused = PathVerdict.rathole(.absent, here(rathole: connected))
        #expect(refused.state == .down && refused.text.contains("does not take this machine"))
        let stuck = PathVerdict.rathole(.silent, here(rathole: connected))
        #expect(stuck.state == .down && stuck.text.contains("restart rathole"))
    }

    @Test func `a VPS that could not be asked leaves what is seen from here`() {
        #expect(PathVerdict.wireGuard(nil, here()).state == .unknown)
        #expect(PathVerdict.rathole(nil, here(rathole: connected)).state == .unknown)
        #expect(PathVerdict.wireGuard(nil, here(handshake: nil, echo: false)).state == .down)
    }

    @Test(
        arguments: [
            nil, .answered(status: 200), .appDown, .ended, .silent, .absent,
        ] as [PathProof?])
    func `whatever is met, there is a sentence, and only an answer counts as one`(proof: PathProof?) {
        for app in [PathProof.answered(status: 200), .appDown, .ended, .silent] {
            for rathole in [nil, connected, lost] {
                for echo in [true, false] {
                    let here = here(echo: echo, rathole: rathole, app: app)
                    for verdict in [PathVerdict.wireGuard(proof, here), .rathole(proof, here)] {
                        #expect(!verdict.text.isEmpty)
                        if verdict.state == .works { #expect(proof?.provesPath == true) }
                    }
                }
            }
        }
    }
}
