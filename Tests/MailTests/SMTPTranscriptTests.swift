import Testing

@testable import Mail

struct SMTPTranscriptTests {
    @Test func `secrets are hidden wherever a server repeats them`() {
        var transcript = SMTPTranscript(hiding: ["sekrit", "sekrit-and-more", ""])
        transcript.server(SMTPReply(code: 550, lines: ["sekrit-and-more (sekrit)", "xsekrit\u{301}"]))
        #expect(transcript.lines[0] == "S: 550 (hidden) ((hidden))")
        #expect(transcript.lines[1].utf8.starts(with: "S: 550 x(hidden)".utf8))
    }

    @Test func `a server cannot move the cursor or fill the log`() {
        var transcript = SMTPTranscript(hiding: [])
        transcript.server(
            SMTPReply(
                code: 250, lines: ["\u{1b}[2J\u{202e}\u{7f}\u{9b}", String(repeating: "x", count: 9999)]))
        #expect(transcript.lines[0] == "S: 250 \u{fffd}[2J\u{fffd}\u{fffd}\u{fffd}")
        #expect(transcript.lines[1].count < 400)
        for _ in 0..<1000 { transcript.note("again") }
        #expect(transcript.lines.count == 120)
    }
}
