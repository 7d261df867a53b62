import GateModel
import WireGuardKernel

/// A piece of a configuration file.
///
/// A `String` does not fit into one: only values whose type has already refused every character that some format
/// gives a meaning to (``BareWord``), constants, and texts that a quoting function of their format has been through.
/// So what a person typed cannot end a quote, a line or a block, and forgetting to quote it does not compile.
struct ConfigText: ExpressibleByStringInterpolation, Sendable, Hashable {
    private(set) var text: String

    init(stringLiteral text: String) { self.text = text }

    init(stringInterpolation: Interpolation) { self.text = stringInterpolation.text }

    /// A text that its caller has quoted for the format it goes into.
    init(quoted text: String) { self.text = text }

    struct Interpolation: StringInterpolationProtocol {
        fileprivate var text = ""

        init(literalCapacity: Int, interpolationCount: Int) { text.reserveCapacity(literalCapacity * 2) }

        mutating func appendLiteral(_ literal: String) { text += literal }

        mutating func appendInterpolation(_ piece: ConfigText) { text += piece.text }

        mutating func appendInterpolation(_ word: some BareWord) { text += word.description }

        /// A key in base64, which stays in the word.
        mutating func appendInterpolation(secret key: TunnelKey) { text += key.base64 }
    }

    static func + (left: ConfigText, right: ConfigText) -> ConfigText {
        ConfigText(quoted: left.text + right.text)
    }
}

extension Sequence<ConfigText> {
    /// The pieces one behind the other.
    func joined(separator: ConfigText = "") -> ConfigText {
        ConfigText(quoted: map(\.text).joined(separator: separator.text))
    }
}

/// A value that stands for itself in every format: made of ASCII letters, digits and `. : / _ + - = [ ]` alone.
protocol BareWord: CustomStringConvertible {}

extension DomainName: BareWord {}
extension IPAddress: BareWord {}
extension IPNetwork: BareWord {}
extension MTU: BareWord {}
extension Port: BareWord {}
extension ProgramPath: BareWord {}
extension PublicHost: BareWord {}
extension PublicKey: BareWord {}
