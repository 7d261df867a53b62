import NIOCore
import Testing

@testable import Gateway

// Values are read eight bytes at a time where that is easy; what may stand in one must not depend on where it stands.

@Suite struct EdgeFieldValueTests {
    @Test(arguments: UInt8.min...UInt8.max)
    func `a byte is taken or refused wherever it stands in a value`(byte: UInt8) {
        let mayStand = byte == 0x09 || (0x20...0x7e).contains(byte) || byte >= 0x80
        for length in 3...20 {
            for place in 1..<(length - 1) {
                var value = Array(repeating: UInt8(ascii: "x"), count: length)
                value[place] = byte
                #expect(Self.read(value) == (mayStand ? value : nil), "at \(place) of \(length)")
            }
        }
    }

    @Test(arguments: [
        [0x80, 0x1f], [0xff, 0x7f], [0x20, 0x00], [0x7e, 0x7f], [0x09, 0x08], [0x9f, 0x0b],
    ])
    func `a control is not hidden by the byte before it`(pair: [UInt8]) {
        for place in 0...14 {
            var value = Array(repeating: UInt8(ascii: "x"), count: 18)
            value.replaceSubrange(place + 1..<place + 3, with: pair)
            #expect(Self.read(value) == nil, "at \(place)")
        }
    }

    @Test func `the shortest values are read whole`() {
        for length in 0...17 {
            let value = Array(repeating: UInt8(0xe9), count: length)
            #expect(Self.read(value) == value)
        }
    }

    /// The value of the only field of a head; nil when the head is refused.
    private static func read(_ value: [UInt8]) -> [UInt8]? {
        let head = Array("GET / HTTP/1.1\r\nX: ".utf8) + value + Array("\r\n\r\n".utf8)
        guard let request = try? HeadReader.request(ByteBuffer(bytes: head), limits: EdgeLimits()),
            let field = request.block.fields.first
        else { return nil }
        return request.block.withValue(of: field) { Array($0) }
    }
}
