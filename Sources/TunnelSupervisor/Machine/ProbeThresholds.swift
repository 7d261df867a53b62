/// The numbers that decide when a path is lost and when it is back.
///
/// Few lost probes in a row happen by chance on a lossy line: at 10 % loss each way three of them come every
/// half minute. So many small probes *and* a time without any answer are asked for, and flapping is stopped
/// at the return instead.
package enum ProbeThresholds {
    /// A full probe without a status line by then has failed.
    static let fullDeadline: Duration = .milliseconds(700)
    /// Losses in a row that make a path suspect.
    static let suspectLosses = 2
    /// Answers in a row that clear the suspicion.
    static let clearingAnswers = 2
    /// Losses since the last answer without which no path goes down.
    static let downLosses = 5
    /// Failed full probes in a row that take Rathole down.
    static let ratholeFall = 2
    /// Failed full probes in a row after which the app counts as unreachable over a living path, when the far
    /// side has said so: it refused, or closed.
    static let appFall = 3
    /// The same when nothing came back.
    ///
    /// At 10 % loss each way every fifth full probe fails for want of a
    /// handshake in time, and three in a row every few minutes.
    static let appSilence = 6
    /// What runs on a path that fell silent is kept for so long while no other path answers.
    ///
    /// A home's line is interrupted for seconds now and then. TCP's own timers bring back what was on its way.
    static let shortOutage: Duration = .seconds(10)
    /// Answered full probes in a row that begin the probation.
    static let returnAnswers = 3
    /// The share of light probes that may be lost during probation, in percent.
    static let probationLossPercent = 2
    /// Connections that Rathole's server may accept and close after its client died.
    ///
    /// Its pool of waiting data channels holds eight. One more, and the client lives while the app behind it
    /// does not.
    static let ratholePool = 8

    /// Without an answer for so long a light probe is lost: twice the smoothed round trip, 300 to 700 ms.
    package static func lightTimeout(smoothed: Duration?) -> Duration {
        clamp((smoothed ?? .zero) * 2, .milliseconds(300), .milliseconds(700))
    }

    /// By then a full probe of Rathole has failed while traffic on it has somewhere else to go: with two
    /// failures of probes 150 ms apart, traffic has moved within a second.
    static func hurriedDeadline(smoothed: Duration?) -> Duration {
        clamp((smoothed ?? .zero) * 2, .milliseconds(400), fullDeadline)
    }

    /// By then a full probe has failed where light probes decide about the path: nothing is in a hurry, and the
    /// connect and the answer are a round trip each.
    static func patientDeadline(smoothed: Duration?) -> Duration {
        clamp((smoothed ?? .zero) * 3 + .milliseconds(400), fullDeadline, .seconds(3))
    }

    /// Without any answer for so long a path is down.
    static func downAfter(smoothed: Duration?) -> Duration {
        clamp((smoothed ?? .zero) + .milliseconds(500), .milliseconds(650), .milliseconds(900))
    }

    /// After so long a hesitating connect is raced on the other path, in steps of 50 ms so that it is not
    /// published anew with every answer.
    package static func raceAfter(smoothed: Duration?) -> Duration {
        let exact = clamp((smoothed ?? .zero) * 2, .milliseconds(250), .milliseconds(700))
        let step: Duration = .milliseconds(50)
        return step * Int((exact / step).rounded(.up))
    }

    private static func clamp(_ value: Duration, _ low: Duration, _ high: Duration) -> Duration {
        min(max(value, low), high)
    }
}
