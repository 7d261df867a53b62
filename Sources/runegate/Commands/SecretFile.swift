import GateModel
import Glibc

/// A file of the user's that may hold a secret.
enum SecretFile {
    /// Its whole text, at most 64 KiB; `-` is standard input.
    static func text(_ path: String) throws(Fault) -> String {
        let file = path == "-" ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw unreadable(path, String(cString: strerror(errno))) }
        defer { close(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        while bytes.count <= 64 << 10 {
            let count = chunk.withUnsafeMutableBytes { Glibc.read(file, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw unreadable(path, String(cString: strerror(errno))) }
            guard count > 0 else {
                guard let text = String(validating: bytes, as: UTF8.self) else {
                    throw unreadable(path, "it is not UTF-8")
                }
                return text
            }
            bytes += chunk[..<count]
        }
        throw unreadable(path, "it is larger than 64 KiB")
    }

    /// Its first line, without the newline.
    static func firstLine(_ path: String) throws(Fault) -> String {
        String(try text(path).prefix { $0 != "\n" && $0 != "\r\n" })
    }

    private static func unreadable(_ path: String, _ why: String) -> Fault {
        Fault(
            code: "provision-file-unreadable", problem: "Cannot read \(path): \(why)",
            remedy: "Give a text file that you may read.")
    }
}
