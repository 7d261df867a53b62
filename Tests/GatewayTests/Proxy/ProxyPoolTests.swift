import NIOCore
import Testing

@testable import Gateway

struct ProxyPoolTests {
    @Test(arguments: [
        (0, true, true), (3999, true, true), (4000, true, false), (999, false, true), (1000, false, false),
    ])
    func `a kept connection is used while it is likely alive`(idle: Int64, isRepeatable: Bool, expected: Bool)
    {
        let usable = { (hasAnswered: Bool) in
            KeptConnection.isUsable(
                idle: .milliseconds(idle), hasAnswered: hasAnswered, isRepeatable: isRepeatable,
                limits: EdgeLimits())
        }
        #expect(usable(true) == expected)
        // One that has never answered proves nothing to a request that is sent once.
        #expect(usable(false) == (expected && isRepeatable))
    }
}
