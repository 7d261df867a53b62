import FoundationEssentials

/// State files of the join as text: JSON with sorted keys, so that the same state gives the same bytes.
package enum StateText {
    package static func encode(_ state: some Encodable) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
        return Array(try encoder.encode(state)) + [UInt8(ascii: "\n")]
    }

    package static func decode<State: Decodable>(_ type: State.Type, from bytes: [UInt8]) throws -> State {
        try JSONDecoder().decode(type, from: Data(bytes))
    }
}
