import NIOCore
import Testing

@testable import Gateway

struct ProxyPoolTests {
    @Test(arguments: [
        (0, true, true), (3999, true, true), (4000, true, false), (999, false, true), (1000, false, false),
    ])
    func `a kept connection is used while it is likely alive`(idle: Int64, isRepeatable: Bool, expected: Bool)
    {
        let usable = KeptConnection.isUsable(
            idle: .milliseconds(idle), isRepeatable: isRepeatable, limits: EdgeLimits())
        #expect(usable == expected)
    }
}
