import NIOCore
import Testing

@testable import Gateway

struct EdgeChunkedReaderTests {
    /// The body, or nil when the coding is refused; `rest` is what stands behind it.
    private func decode(
        _ text: String, extensions: Bool = false, stepBytes: Int = .max
    ) -> (body: String, rest: String, isFinished: Bool)? {
        var reader = ChunkedReader(allowsExtensions: extensions)
        var body = ""
        var waiting = ByteBuffer()
        var remaining = Substring(text)
        while !remaining.isEmpty, !reader.isFinished {
            waiting.writeString(String(remaining.prefix(stepBytes)))
            remaining = remaining.dropFirst(stepBytes)
            do {
                while let piece = try reader.next(from: &waiting) { body += String(buffer: piece) }
            } catch {
                return nil
            }
        }
        return (body, String(buffer: waiting) + remaining, reader.isFinished)
    }

    @Test(arguments: [1, 2, 3, 7, 1000])
    func `a body is whole however it arrives`(stepBytes: Int) throws {
        let decoded = try #require(
            decode("5\r\nhello\r\nA\r\n, world of\r\n0\r\n\r\nGET", stepBytes: stepBytes))
        #expect(decoded == ("hello, world of", "GET", true))
    }

    @Test func `trailers are read and dropped`() throws {
        let decoded = try #require(decode("1\r\na\r\n0\r\nX-Forwarded-User: eve\r\nB:\r\n\r\nrest"))
        #expect(decoded == ("a", "rest", true))
    }

    @Test func `an unfinished body is not finished`() throws {
        for text in [
            "5\r\nhel", "5\r\nhello", "5\r\nhello\r\n", "5\r\nhello\r\n0\r\n", "5\r\nhello\r\n0\r\n\r", "5",
        ] {
            let decoded = try #require(decode(text))
            #expect(!decoded.isFinished)
        }
    }

    @Test(arguments: [
        "\r\n", "g\r\n", " 5\r\nhello", "5 \r\nhello", "+5\r\nhello", "-1\r\n", "0x5\r\nhello", "5\nhello",
        "5\r\rhello",
        "5\r\nhello0\r\n\r\n", "5\r\nhello\n0\r\n\r\n", "5\r\nhelloX\r\n", "1000000000000000\r\n",
        "ffffffffffffffff\r\n",
        "00000000000000005\r\nhello", "5;ext\r\nhello", "5;a=b\r\nhello", "0\r\nBad\nName\r\n\r\n",
        "0\r\n: x\r\n\r\n",
        "0\r\n x: y\r\n\r\n", "0\r\nx\r\ry", "0\r\nx: \u{0}\r\n\r\n", "5\r\nhello\r\n;\r\n", "\n",
        "5,5\r\nhello",
    ])
    func `whatever else could end elsewhere is refused`(text: String) {
        #expect(decode(text) == nil)
    }

    @Test func `an app's chunk extensions are dropped`() throws {
        let decoded = try #require(decode("5;a=\"b c\"\r\nhello\r\n0;z\r\n\r\n", extensions: true))
        #expect(decoded == ("hello", "", true))
        #expect(decode("5;\n\r\nhello", extensions: true) == nil)
    }

    @Test func `endless trailers end`() {
        #expect(decode("0\r\n" + String(repeating: "A: b\r\n", count: 5000)) == nil)
    }
}
