/// Why a text is not a value of the type it was meant to be.
///
/// A value's initialiser knows what is allowed, not where the text came from; whoever reads configuration
/// or a request adds the place (``ConfigError``).
package struct Malformed: Error, Equatable, Sendable, CustomStringConvertible {
    /// What would have been accepted, as the second half of "expected …".
    package let expected: String

    package init(expected: String) {
        self.expected = expected
    }

    package var description: String { "expected \(expected)" }
}
