import GateModel
import Testing

@testable import GateConfig

@Test func `with nothing set a development run is ready`() throws {
    let loaded = ConfigLoader.load(ConfigSources())
    #expect(loaded.warnings.isEmpty)
    let settings = try settings(from: ConfigSources())
    #expect(settings.environment == .development)
    #expect(settings.listen.description == "127.0.0.1:7870")
    #expect(settings.baseURL.origin == "http://localhost:7870")
    #expect(settings.upstream.target.description == "http://127.0.0.1:7860")
    #expect(settings.upstream.wireGuardTarget == nil && settings.upstream.ratholeTarget == nil)
    #expect(settings.upstream.wireGuardInterface == "wg0")
    #expect(settings.upstream.failbackAfter == .seconds(30) && settings.upstream.failbackMax == .seconds(600))
    #expect(settings.tokens.linkExpiry == .seconds(900))
    #expect(
        settings.tokens.sessionTTL == .seconds(7 * 86_400) && settings.tokens.sessionIdle == .seconds(86_400))
    #expect(settings.tokens.jwtAlgorithm == .hs256)
    #expect(settings.policy == PolicySettings(emails: [], domains: [], allowAny: false))
    #expect(!settings.cookies.isSecure && settings.cookies.domain == nil)
    #expect(settings.cookies.sessionName == "runegate_id")
    #expect(
        settings.limits.isEnabled && settings.limits.loginPerMinute == 5
            && settings.limits.tokenPerMinute == 10)
    #expect(settings.limits.emailCooldown == .seconds(300))
    #expect(settings.proxy.trustedProxies == IPNetwork.loopback)
    #expect(settings.proxy.logsRequests && settings.proxy.hasDebugEndpoints)
    #expect(settings.stateDirectory == "./.runegate")
    #expect(settings.mail.transport == .outbox(directory: "./.runegate/outbox"))
    #expect(settings.drain == .seconds(10))
    #expect(settings.log == LogSettings(format: .console, level: "info", moduleLevels: [:]))
}

@Test func `production switches off what is for development`() throws {
    let settings = try settings(from: production())
    #expect(!settings.proxy.logsRequests && !settings.proxy.hasDebugEndpoints)
    #expect(settings.cookies.isSecure)
    #expect(settings.stateDirectory == "/var/lib/runegate")
    #expect(settings.mail.transport == .none)
}

@Test func `random secrets differ from run to run and are long enough`() throws {
    let first = try settings(from: ConfigSources()).tokens
    let second = try settings(from: ConfigSources()).tokens
    #expect(first.jwtSecret.bytes.count == 32 && first.sessionKey.bytes.count == 64)
    #expect(first.jwtSecret != second.jwtSecret && first.sessionKey != second.sessionKey)
}

@Test func `workers are the cores unless somebody says`() throws {
    var sources = ConfigSources()
    sources.coreCount = 6
    #expect(try settings(from: sources).workers == 6)
    sources.environment["RUNEGATE_WORKERS"] = "3"
    #expect(try settings(from: sources).workers == 3)
}

@Test func `every name of the table is there once, and has words`() {
    #expect(Set(Keys.all.map(\.name)).count == Keys.all.count)
    for key in Keys.all {
        #expect(key.name.hasPrefix("RUNEGATE_"))
        #expect(key.summary.hasSuffix("."), "\(key.name)")
        #expect(!key.expected.isEmpty && !key.example.isEmpty)
        #expect(key.isSecret == (key.section == .tokens && key.credential != nil))
    }
}
