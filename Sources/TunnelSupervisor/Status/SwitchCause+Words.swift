// The causes as people read them.

extension SwitchCause {
    /// The cause as the end of a sentence: `rathole is down: nobody listens on its port`.
    package var words: String {
        switch self {
        case .probesLost: "its probes stay unanswered"
        case .refused: "nobody listens on its port"
        case .closedUnanswered: "its port accepts and closes without an answer"
        case .silent: "its port accepts and nothing answers"
        case .unreachable: "this machine has no way to its far side"
        case .interfaceGone: "its interface is down or missing"
        case .noEndpoint: "its peer has not been heard of"
        case .appUnreachable: "the app answers only over the other path"
        case .recovered: "it has been stable again"
        case .operatorCommand: "somebody asked for it"
        case .drill: "somebody tried the fallback"
        }
    }
}
