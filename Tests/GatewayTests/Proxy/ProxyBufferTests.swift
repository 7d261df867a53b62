import NIOCore
import Testing

@testable import Gateway

struct ProxyBufferTests {
    @Test func `NIO keeps only the tiny first buffer of a connection, and streams get large ones`() {
        var pool = NIOPooledRecvBufferAllocator(capacity: 1, recvAllocator: ReceiveAllocator())
        var capacities: [Int] = []
        for _ in 0..<12 {
            let (buffer, taken) = pool.buffer(allocator: ByteBufferAllocator()) { buffer in
                buffer.writeRepeatingByte(0x61, count: buffer.writableBytes)
            }
            capacities.append(buffer.readableBytes)
            pool.record(actualReadBytes: taken)
        }
        #expect(capacities.first == 64)
        #expect(capacities[1] == 2048)
        #expect(capacities.last == 256 * 1024)
        #expect(pool.count == 1)
    }
}
