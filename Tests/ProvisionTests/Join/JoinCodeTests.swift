import Cryptography
import GateModel
import Testing
import WireGuardKernel

@testable import Provision

// Join codes as people copy them: what they survive, and what is said of a wrong one.

struct JoinCodeTests {
    static func codes() throws -> [JoinCode] {
        let keys = EnrollState().keys
        let domain = try DomainName("app.example.com")
        var full = JoinCode(
            domain: try DomainName("xn--bcher-kva.example"), endpoint: try PublicHost("vps.example.net"),
            ports: TunnelPorts(wireGuard: Port(known: 443), rathole: Port(known: 8443)),
            tunnel: try TunnelNetwork("192.168.77.0/30"), appPort: Port(known: 8188), keys: keys)
        full.secret = Secret(bytes: [UInt8](repeating: 0, count: 16))
        return [
            JoinCode(domain: domain, endpoint: PublicHost(domain), keys: keys),
            JoinCode(domain: domain, endpoint: try PublicHost("203.0.113.9"), keys: keys),
            JoinCode(domain: domain, endpoint: try PublicHost("2001:db8::9"), keys: keys), full,
        ]
    }

    @Test func `every code comes back from its text`() throws {
        for code in try Self.codes() {
            #expect(try JoinCode(code.text) == code)
            #expect(JoinCode(octets: code.octets) == code)
        }
    }

    @Test func `blanks, line ends, lower case and taken letters do no harm`() throws {
        for code in try Self.codes() {
            let text = code.text
            let typed = text.lowercased().replacing("0", with: "o").replacing("1", with: "l")
            #expect(try JoinCode(typed) == code)
            #expect(try JoinCode("  " + text.map { "\($0) " }.joined() + "\r\n\n") == code)
            #expect(try JoinCode(text.replacing("-", with: "")) == code)
            #expect(try JoinCode(text.replacing("\n", with: "\u{a0}\t")) == code)
        }
    }

    @Test func `a code is short, and its lines fit anywhere`() throws {
        let code = try Self.codes()[0]
        #expect(code.text.split(separator: "\n").allSatisfy { $0.utf8.count <= 39 })
        // 129 bytes and 5 of checksum: 215 characters, 15 checks.
        #expect(code.text.filter { $0 != "-" && $0 != "\n" }.count == 3 + 230)
    }

    @Test func `each wrong character is found, and near its place`() throws {
        let code = try Self.codes()[3]
        let text = Array(code.text.utf8)
        for index in 4..<text.count where text[index] != UInt8(ascii: "-") && text[index] != 10 {
            var wrong = text
            wrong[index] = text[index] == UInt8(ascii: "7") ? UInt8(ascii: "8") : UInt8(ascii: "7")
            let typed = String(decoding: wrong, as: UTF8.self)
            let line = text[..<index].count { $0 == 10 } + 1
            do {
                _ = try JoinCode(typed)
                Issue.record("character \(index) is not missed")
            } catch .typingError(_, let place) {
                #expect(place == line)
            } catch .wrongEnd {
                #expect(index >= text.count - 20)
            } catch {
                Issue.record("another problem: \(error)")
            }
        }
    }

    @Test func `swapped neighbours are found`() throws {
        let code = try Self.codes()[1]
        let text = Array(code.text.filter { $0 != "-" && $0 != "\n" }.utf8)
        for index in 3..<text.count - 1 where text[index] != text[index + 1] {
            var wrong = text
            wrong.swapAt(index, index + 1)
            #expect(throws: JoinCodeProblem.self) { try JoinCode(String(decoding: wrong, as: UTF8.self)) }
        }
    }

    @Test func `a missing line, a doubled line and a cut end are found`() throws {
        let lines = try Self.codes()[0].text.split(separator: "\n").map(String.init)
        for index in lines.indices {
            var without = lines
            without.remove(at: index)
            #expect(throws: JoinCodeProblem.self) { try JoinCode(without.joined(separator: "\n")) }
            var doubled = lines
            doubled.insert(lines[index], at: index)
            #expect(throws: JoinCodeProblem.self) { try JoinCode(doubled.joined(separator: "\n")) }
        }
        let text = lines.joined()
        for count in 0..<text.count {
            #expect(throws: JoinCodeProblem.self) { try JoinCode(text.prefix(count)) }
        }
    }

    @Test func `each kind of mistake has its sentence`() throws {
        let text = try Self.codes()[0].text
        #expect(throws: JoinCodeProblem.empty) { try JoinCode(" \n") }
        #expect(throws: JoinCodeProblem.notACode) { try JoinCode("https://app.example.com/") }
        #expect(throws: JoinCodeProblem.notACode) { try JoinCode(String(repeating: "RG1", count: 1000)) }
        #expect(throws: JoinCodeProblem.otherVersion("RG2")) {
            try JoinCode(text.replacing("RG1", with: "RG2"))
        }
        #expect(throws: JoinCodeProblem.foreignCharacter("!")) { try JoinCode(text + "!") }
        for problem in [
            JoinCodeProblem.empty, .notACode, .otherVersion("RG9"), .foreignCharacter("!"),
            .typingError(near: "ABC", line: 2), .wrongEnd(near: "ABC"), .incomplete, .unreadable,
        ] {
            #expect(!problem.fault.problem.isEmpty && problem.fault.remedy.hasSuffix("."))
        }
    }

    @Test func `fields that cannot be are refused`() throws {
        let octets = try Self.codes()[0].octets
        #expect(JoinCode(octets: octets + [0]) == nil)
        #expect(JoinCode(octets: Array(octets.dropLast())) == nil)
        #expect(JoinCode(octets: [octets[0] | 0x80] + octets.dropFirst()) == nil)
        // The usual ports are left out: with them the same code would have two spellings.
        #expect(JoinCode(octets: [octets[0] | 4] + octets.dropFirst()) == nil)
        #expect(JoinCode(octets: []) == nil)
    }

    @Test func `a code does not show its secret`() throws {
        let code = try Self.codes()[0]
        var shown = ""
        dump(code, to: &shown)
        #expect(!"\(code)\(shown)".contains("\(code.secret.bytes)"))
    }
}
