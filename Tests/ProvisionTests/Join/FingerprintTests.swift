import Testing

@testable import Provision

struct FingerprintTests {
    @Test func `there are 2048 words, short, in order, and easy to tell apart`() {
        let words = FingerprintWords.all
        #expect(words.count == 2048)
        #expect(words == words.sorted())
        #expect(Set(words.map { $0.prefix(4) }).count == 2048)
        #expect(words.allSatisfy { (4...6).contains($0.utf8.count) })
        #expect(words.allSatisfy { $0.utf8.allSatisfy { (0x61...0x7a).contains($0) } })
    }

    @Test func `both sides say the same six words, and other keys others`() {
        let server = EnrollState().keys
        let box = BoxKeys(wireGuard: server.rathole, rathole: server.wireGuard)
        let words = Fingerprint(server: server, box: box)
        #expect(words.words.count == 6)
        #expect(words == Fingerprint(server: server, box: box))
        #expect(words != Fingerprint(server: EnrollState().keys, box: box))
        #expect(
            words != Fingerprint(server: server, box: BoxKeys(wireGuard: box.rathole, rathole: box.wireGuard))
        )
    }
}
