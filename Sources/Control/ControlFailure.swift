/// Why the daemon did not do what a verb asked for, and what to do about it.
package enum ControlFailure: Error, Equatable, CustomStringConvertible {
    /// Nobody listens on any of the sockets.
    case notRunning(tried: [String])
    /// Somebody listens and does not answer in time.
    case noAnswer(socket: String, seconds: Int64)
    /// This user may not use the socket.
    case notAllowed(socket: String)
    /// The daemon said no, with its words.
    case refused(error: String, remedy: String)

    /// The program's exit status: 3 when the daemon cannot be reached, else 1.
    package var exitStatus: Int32 {
        switch self {
        case .notRunning, .noAnswer, .notAllowed: 3
        case .refused: 1
        }
    }

    /// Text of the daemon as a sentence: it comes as one clause, with or without its end.
    private static func sentence(_ text: String) -> String {
        let plain = PlainText.withoutControls(text)
        let end = plain.last.map { ".!?:".contains($0) } ?? true ? "" : "."
        return plain.prefix(1).uppercased() + plain.dropFirst() + end
    }

    package var description: String {
        switch self {
        case .notRunning(let tried):
            """
            Runegate is not running: nobody listens on \(tried.joined(separator: ", ")).
            Start it: sudo systemctl start runegate.service, or without systemd: runegate serve
            """
        case .noAnswer(let socket, let seconds):
            """
            Runegate did not answer on \(socket) within \(seconds) s.
            Look at it: systemctl status runegate.service. Start it again: sudo systemctl restart runegate.service
            """
        case .notAllowed(let socket):
            """
            This user may not use \(socket).
            Use sudo, or join the group: sudo usermod -aG runegate-admin "$USER", then log in again.
            """
        case .refused(let error, let remedy):
            "\(Self.sentence(error))\n\(Self.sentence(remedy))"
        }
    }
}
