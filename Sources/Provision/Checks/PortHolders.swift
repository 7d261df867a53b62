import Glibc

/// Which programs hold which sockets, from `/proc/PID/fd`.
struct PortHolders {
    private let holders: [UInt64: String]

    /// Looks once through all processes; sees those of others only as root.
    init() {
        var holders: [UInt64: String] = [:]
        for process in Self.names(in: "/proc") where process.allSatisfy(\.isNumber) {
            for descriptor in Self.names(in: "/proc/\(process)/fd") {
                guard let inode = Self.socketInode("/proc/\(process)/fd/\(descriptor)"),
                    let name = MachineFile.text("/proc/\(process)/comm")
                else { continue }
                let word = name.prefix { $0 != "\n" }
                // systemd holds the sockets of others first; the service that has it too is the better name.
                if holders[inode] == nil || holders[inode] == "systemd" { holders[inode] = String(word) }
            }
        }
        self.holders = holders
    }

    func finding(
        port: Port, isTCP: Bool, expected: Set<String>
    ) -> PortFinding {
        let files = isTCP ? ["/proc/net/tcp", "/proc/net/tcp6"] : ["/proc/net/udp", "/proc/net/udp6"]
        let inodes = files.flatMap { file in
            SocketTable(MachineFile.text(file) ?? "", isTCP: isTCP).inodes(port: port.number)
        }
        // A socket without a process is the kernel's: WireGuard's.
        let names = Set(inodes.map { holders[$0] ?? "kernel" })
        return PortFinding(
            port: port.number, transport: isTCP ? "TCP" : "UDP", holders: names.sorted(), expected: expected)
    }

    private static func names(in directory: String) -> [String] {
        guard let stream = opendir(directory) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            names.append(
                withUnsafePointer(to: &entry.pointee.d_name) {
                    $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
                })
        }
        return names
    }

    /// The number in a link such as `socket:[4711]`.
    private static func socketInode(_ path: String) -> UInt64? {
        var buffer = [CChar](repeating: 0, count: 64)
        let count = readlink(path, &buffer, buffer.count)
        guard count > 0 else { return nil }
        let text = String(decoding: buffer.prefix(count).map(UInt8.init(bitPattern:)), as: UTF8.self)
        return text.hasPrefix("socket:[") ? UInt64(text.dropFirst(8).dropLast()) : nil
    }
}

/// A small file of the system that is only looked at.
enum MachineFile {
    static func text(_ path: String) -> String? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16 << 10)
        while bytes.count < 1 << 20 {
            let count = chunk.withUnsafeMutableBytes { read(file, $0.baseAddress, $0.count) }
            guard count > 0 else { break }
            bytes += chunk[..<count]
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
