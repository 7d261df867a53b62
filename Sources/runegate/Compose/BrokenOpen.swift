#if DEBUG
    import Foundation
    import Glibc

    /// What an intruder has who runs code of his own in this process: the tests of the units' sandboxes come in here.
    ///
    /// A release build does not have this file's code. In a debug build nothing happens unless `RUNEGATE_BROKEN_OPEN`
    /// names an abstract socket (unix(7)). Whoever connects to it sends a line, and the process does it:
    ///
    ///     call NUMBER ARGUMENT …    a system call; an argument is a number, or `0x` and a buffer's bytes
    ///     run PATH                  a program, without arguments
    ///
    /// The answer is what the kernel said, a negative error number when it refused. Every connection has a thread
    /// of its own, so that what a thread can give away ends with it.
    enum BrokenOpen {
        static func openIfAsked() {
            guard let name = getenv("RUNEGATE_BROKEN_OPEN") else { return }
            guard let listener = listen(name: Array(String(cString: name).utf8)) else {
                perror("RUNEGATE_BROKEN_OPEN")
                return
            }
            Thread.detachNewThread {
                while true {
                    let connection = accept(listener, nil, nil)
                    if connection >= 0 { Thread.detachNewThread { serve(connection) } }
                }
            }
        }

        private static func listen(name: [UInt8]) -> Int32? {
            let listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            // The first byte stays zero: the name is in no directory.
            withUnsafeMutableBytes(of: &address.sun_path) {
                $0[1...].copyBytes(from: name.prefix($0.count - 1))
            }
            let length = socklen_t(MemoryLayout<sa_family_t>.size + 1 + name.count)
            let isBound = withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(listener, $0, length) == 0 }
            }
            return isBound && Glibc.listen(listener, 8) == 0 ? listener : nil
        }

        private static func serve(_ connection: Int32) {
            defer { close(connection) }
            guard let stream = fdopen(dup(connection), "r") else { return }
            defer { fclose(stream) }
            var line: UnsafeMutablePointer<CChar>?
            var capacity = 0
            defer { free(line) }
            while getline(&line, &capacity, stream) > 0, let text = line {
                let answer = Array("\(act(on: String(cString: text)))\n".utf8)
                write(connection, answer, answer.count)
            }
        }

        private static func act(on line: String) -> Int {
            let words = line.split(whereSeparator: \.isWhitespace).map(String.init)
            switch words.first {
            case "call": return call(words.dropFirst().map(Argument.init))
            case "run": return run(words.dropFirst().first ?? "")
            default: return Int(-EINVAL)
            }
        }

        // A system call

        /// syscall(2) is variadic, which Swift cannot call by its name.
        private typealias SystemCall = @convention(c) (Int, Int, Int, Int, Int, Int, Int) -> Int

        private static func call(_ arguments: [Argument]) -> Int {
            guard let function = dlsym(nil, "syscall"), (1...7).contains(arguments.count) else {
                return Int(-ENOSYS)
            }
            var words = arguments.map(\.word)
            words += Array(repeating: 0, count: 7 - words.count)
            let result = unsafeBitCast(function, to: SystemCall.self)(
                words[0], words[1], words[2], words[3], words[4], words[5], words[6])
            let failure = errno
            for argument in arguments { argument.buffer?.deallocate() }
            return result == -1 ? Int(-failure) : result
        }

        /// A number, or the address of a buffer.
        private struct Argument {
            let word: Int
            let buffer: UnsafeMutableRawBufferPointer?

            init(_ text: String) {
                guard text.hasPrefix("0x") else {
                    word = Int(text) ?? 0
                    buffer = nil
                    return
                }
                let digits = Array(text.utf8.dropFirst(2))
                let bytes = stride(from: 0, to: digits.count - 1, by: 2).compactMap {
                    UInt8(String(decoding: digits[$0...$0 + 1], as: UTF8.self), radix: 16)
                }
                let buffer = UnsafeMutableRawBufferPointer.allocate(
                    byteCount: max(1, bytes.count), alignment: 16)
                buffer.copyBytes(from: bytes)
                word = Int(bitPattern: buffer.baseAddress)
                self.buffer = buffer
            }
        }

        // A program

        private static func run(_ path: String) -> Int {
            var process = pid_t()
            let failure = path.withCString { name in
                var arguments: [UnsafeMutablePointer<CChar>?] = [UnsafeMutablePointer(mutating: name), nil]
                return posix_spawn(&process, name, nil, nil, &arguments, nil)
            }
            guard failure == 0 else { return Int(-failure) }
            waitpid(process, nil, 0)
            return 0
        }
    }
#endif
