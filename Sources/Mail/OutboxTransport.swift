internal import GateModel
internal import Glibc
internal import NIOPosix

/// Writes each mail as an `.eml` file into a directory, for development, tests and machines without mail.
struct OutboxTransport: MailTransport {
    private let directory: String
    private let time: any TimeSource

    /// Makes the directory, for this user only, if it is not there.
    ///
    /// - Throws: `Fault` when that fails.
    init(directory: String, time: any TimeSource) throws(Fault) {
        self.directory = directory
        self.time = time
        if mkdir(directory, 0o700) != 0, errno != EEXIST {
            throw Self.fault("make the directory \(directory)", errno)
        }
        guard access(directory, W_OK | X_OK) == 0 else { throw Self.fault("write into \(directory)", errno) }
    }

    func deliver(_ mail: ComposedMail) async -> DeliveryRecord {
        let name = "\(time.now().unixSeconds)-\(UInt32.random(in: 0x1000_0000...UInt32.max)).eml"
        do {
            // fsync blocks, which neither an event loop nor a cooperative thread may do.
            try await NIOThreadPool.singleton.runIfActive { [directory] in
                try Self.write(mail.message, to: name, in: directory)
            }
            return DeliveryRecord(
                outcome: .sent(reply: "written to \(name)"),
                transcript: ["* written to \(directory)/\(name)"],
                remedy: nil)
        } catch let fault as Fault {
            return DeliveryRecord(
                outcome: .deferred(.unreachable, detail: fault.problem), transcript: ["* \(fault.problem)"],
                remedy: fault.remedy)
        } catch {
            return DeliveryRecord(
                outcome: .deferred(.interrupted, detail: "\(error)"), transcript: [], remedy: nil)
        }
    }

    /// Whoever watches the directory for `.eml` never sees half a mail: it gets its name when it is whole.
    private static func write(_ bytes: [UInt8], to name: String, in directory: String) throws(Fault) {
        let path = "\(directory)/\(name)"
        let unfinished = "\(directory)/.\(name).part"
        let descriptor = open(unfinished, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw fault("create \(unfinished)", errno) }
        var isWritten = writeAll(bytes, to: descriptor) && fsync(descriptor) == 0
        var code = errno
        isWritten = close(descriptor) == 0 && isWritten
        if isWritten, rename(unfinished, path) == 0 { return }
        if isWritten { code = errno }
        unlink(unfinished)
        throw fault("write \(path)", code)
    }

    private static func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 {
                if errno == EINTR { continue }
                return false
            }
            rest = rest.dropFirst(count)
        }
        return true
    }

    private static func fault(_ action: String, _ code: Int32) -> Fault {
        Fault(
            code: "outbox-unwritable", problem: "Cannot \(action): \(String(cString: strerror(code)))",
            remedy: "Make the directory of RUNEGATE_MAIL_TRANSPORT=outbox:… writable for this user.")
    }
}
