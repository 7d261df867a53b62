import GateModel
import Glibc
import TestSupport
import Testing

@testable import Identity

// How often strangers may try, with a clock in hand.

@Suite struct LimitsTests {
    private let time = ManualTime()

    private func limits(_ rates: LimitRates = LimitRates()) -> Limits { Limits(rates: rates, time: time) }

    @Test func `of six quick requests five pass, and the sixth hears the seconds that are left`() throws {
        let limits = limits()
        let address = try IPAddress("192.0.2.1")
        for _ in 0..<5 { #expect(limits.login(from: address) == nil) }
        time.advance(by: .milliseconds(12_500))
        #expect(limits.login(from: address) == Limit(kind: .ip, resetSeconds: 48))
        time.advance(by: .seconds(48))
        #expect(limits.login(from: address) == nil)
    }

    @Test func `the wall clock has no say`() throws {
        let limits = limits()
        let address = try IPAddress("192.0.2.1")
        for _ in 0..<6 { _ = limits.login(from: address) }
        for step in [31_536_000, -63_072_000] as [Int64] {
            time.stepWallClock(by: step)
            #expect(limits.login(from: address) != nil)
        }
    }

    @Test func `the addresses of a /64 are one, and so are the spellings of an IPv4 address`() throws {
        let limits = limits()
        for number in 0..<5 { #expect(limits.login(from: try IPAddress("2001:db8:1:2::\(number)")) == nil) }
        #expect(limits.login(from: try IPAddress("2001:db8:1:2:ffff::1")) != nil)
        #expect(limits.login(from: try IPAddress("2001:db8:1:3::1")) == nil)
        for _ in 0..<5 { _ = limits.login(from: try IPAddress("::ffff:192.0.2.9")) }
        #expect(limits.login(from: try IPAddress("192.0.2.9")) != nil)
    }

    @Test func `a /48 has eight times the tries of a /64`() throws {
        let limits = limits()
        var passed = 0
        for number in 0..<100 where limits.login(from: try IPAddress("2001:db8:1:\(number)::1")) == nil {
            passed += 1
        }
        #expect(passed == 5 * Limits.siteFactor)
    }

    @Test func `an address waits for its next mail in any spelling, and signing in ends the wait`() throws {
        let limits = limits()
        let ann = try EmailAddress("ann@example.com")
        #expect(limits.cooldown(of: ann) == nil)
        time.advance(by: .seconds(10))
        #expect(
            limits.cooldown(of: try EmailAddress(" Ann@Example.COM"))
                == Limit(kind: .email, resetSeconds: 290))
        limits.clearCooldown(of: ann)
        #expect(limits.cooldown(of: ann) == nil)
    }

    @Test func `a refused request does not make the wait longer`() throws {
        let limits = limits()
        let ann = try EmailAddress("ann@example.com")
        for _ in 0..<10 {
            _ = limits.cooldown(of: ann)
            time.advance(by: .seconds(30))
        }
        #expect(limits.cooldown(of: ann) == nil)
    }

    @Test func `with the limits off nothing waits, at once after a reload`() throws {
        let limits = limits()
        let address = try IPAddress("192.0.2.1")
        for _ in 0..<20 { _ = limits.login(from: address) }
        limits.apply(LimitRates(isEnabled: false))
        for _ in 0..<20 {
            #expect(limits.login(from: address) == nil)
            #expect(limits.token(from: address) == nil)
            #expect(limits.cooldown(of: try EmailAddress("ann@example.com")) == nil)
        }
    }

    @Test func `many addresses together meet a budget, which one noisy address does not use up`() throws {
        let limits = limits()
        let noisy = try IPAddress("192.0.2.1")
        for _ in 0..<5000 { _ = limits.login(from: noisy) }
        var passed = 0
        for number in 0..<3000 {
            let address = IPAddress(bytes: [10, 0, UInt8(number / 256), UInt8(number % 256)])
            if limits.login(from: address) == nil { passed += 1 }
        }
        #expect(passed == 5 * Limits.globalFactor - 5)
    }

    @Test func `a refunded try does not count`() throws {
        let limits = limits()
        let address = try IPAddress("2001:db8::1")
        for _ in 0..<50 {
            #expect(limits.token(from: address) == nil)
            limits.refundToken(from: address)
        }
    }

    @Test func `a full table gives no free tries, and has room again when the windows are over`() {
        var table = RateTable(count: 1024)
        var passed = 0
        for key in 0..<20_000
        where table.take(key.hashValue, at: 1, limit: 1, windowMilliseconds: 60_000) == nil { passed += 1 }
        #expect(passed <= 1024)
        #expect(table.take("new".hashValue, at: 60_002, limit: 1, windowMilliseconds: 60_000) == nil)
    }

    @Test func `a million keys take no memory`() async {
        // In a process of its own: other tests allocate meanwhile.
        await #expect(processExitsWith: .success) {
            var table = RateTable(count: 16_384)
            for key in 0..<50_000 {
                _ = table.take(key.hashValue, at: 0, limit: 1, windowMilliseconds: 60_000)
            }
            let before = residentBytes()
            for key in 0..<1_000_000 {
                _ = table.take(key.hashValue, at: 1, limit: 1, windowMilliseconds: 60_000)
            }
            #expect(residentBytes() - before < 1 << 20)
        }
    }
}

/// What this process holds in memory (proc(5), statm).
private func residentBytes() -> Int {
    let descriptor = open("/proc/self/statm", O_RDONLY)
    defer { close(descriptor) }
    var buffer = [UInt8](repeating: 0, count: 128)
    let count = read(descriptor, &buffer, buffer.count)
    let fields = String(decoding: buffer.prefix(max(0, count)), as: UTF8.self).split(separator: " ")
    return (fields.count > 1 ? Int(fields[1]) ?? 0 : 0) * 4096
}
