import GateModel
import Store
import Synchronization

/// How often strangers may try: first the address block they come from, then the mail address they name.
///
/// A budget for everybody together stands behind the blocks, so that many addresses do not give many tries.
/// It is sized so that a list of invited people never meets it. Only the time since boot is used.
final class Limits: Sendable {
    /// Tries of everybody together, as a multiple of one block's.
    static let globalFactor = 200
    /// Tries of an IPv6 /48, as a multiple of a /64's.
    static let siteFactor = 8
    static let minute: Int64 = 60_000

    private struct State {
        var rates: LimitRates
        var logins = RateTable(count: 16_384)
        var tokens = RateTable(count: 16_384)
        var cooldowns = RateTable(count: 65_536)
        var allLogins = RateTable(count: 8)
        var allTokens = RateTable(count: 8)
    }

    private let state: Mutex<State>
    private let time: any TimeSource

    init(rates: LimitRates, time: any TimeSource) {
        self.state = Mutex(State(rates: rates))
        self.time = time
    }

    func apply(_ rates: LimitRates) {
        state.withLock { $0.rates = rates }
    }

    /// Counts a request for a link; what is refused later counts too.
    func login(from address: IPAddress) -> Limit? {
        let now = milliseconds
        return state.withLock { state in
            guard state.rates.isEnabled else { return nil }
            return Self.take(
                address, perMinute: state.rates.loginPerMinute, blocks: &state.logins, all: &state.allLogins,
                at: now)
        }
    }

    /// Counts a try of a token or a code.
    func token(from address: IPAddress) -> Limit? {
        let now = milliseconds
        return state.withLock { state in
            guard state.rates.isEnabled else { return nil }
            return Self.take(
                address, perMinute: state.rates.tokenPerMinute, blocks: &state.tokens, all: &state.allTokens,
                at: now)
        }
    }

    /// Takes back a try that turned out to be a look at a valid link.
    func refundToken(from address: IPAddress) {
        let now = milliseconds
        state.withLock { state in
            for (key, _) in Self.blocks(of: address) { state.tokens.refund(key, at: now) }
            state.allTokens.refund(0, at: now)
        }
    }

    /// Begins the address's wait for its next mail, or says how long it still is.
    func cooldown(of email: EmailAddress) -> Limit? {
        let now = milliseconds
        let wait: Int64? = state.withLock { state in
            guard state.rates.isEnabled, state.rates.emailCooldown > .zero else { return nil }
            return state.cooldowns.take(
                email.hashValue, at: now, limit: 1,
                windowMilliseconds: state.rates.emailCooldown.wholeMilliseconds)
        }
        return wait.map { Limit(kind: .email, resetSeconds: Self.seconds($0)) }
    }

    /// Ends the address's wait: it signed in, or its request could not be kept.
    func clearCooldown(of email: EmailAddress) {
        let now = milliseconds
        state.withLock { $0.cooldowns.clear(email.hashValue, at: now) }
    }

    private var milliseconds: Int64 { time.now().sinceBoot.wholeMilliseconds }

    private static func take(
        _ address: IPAddress, perMinute limit: Int, blocks: inout RateTable, all: inout RateTable,
        at now: Int64
    ) -> Limit? {
        for (key, factor) in Self.blocks(of: address) {
            if let wait = blocks.take(key, at: now, limit: limit * factor, windowMilliseconds: minute) {
                return Limit(kind: .ip, resetSeconds: seconds(wait))
            }
        }
        // Only what its block allows is counted here: one noisy block does not shut out the others.
        let wait = all.take(0, at: now, limit: limit * globalFactor, windowMilliseconds: minute)
        return wait.map { Limit(kind: .ip, resetSeconds: seconds($0)) }
    }

    /// The blocks an address is counted in: IPv4 alone; IPv6 by /64, which one person may hold, and by /48.
    private static func blocks(of address: IPAddress) -> [(key: Int, factor: Int)] {
        if address.isIPv4 { return [(hash(address.bytes), 1)] }
        return [
            (hash(Array(address.bytes.prefix(8))), 1), (hash(Array(address.bytes.prefix(6))), siteFactor),
        ]
    }

    private static func hash(_ bytes: [UInt8]) -> Int { bytes.hashValue }

    /// Rounded up: a visitor who waits as long as told is let in.
    private static func seconds(_ milliseconds: Int64) -> Int { Int((milliseconds + 999) / 1000) }
}
