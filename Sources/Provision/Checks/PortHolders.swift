import Glibc

/// Which programs hold which sockets, from `/proc/PID/fd`.
struct PortHolders {
    private let programs: [UInt64: PortHolder]
    /// Ports of WireGuard's interfaces, whose sockets are mostly the kernel's.
    private let interfaces: [UInt16: String]

    /// Looks once through all processes; sees those of others only as root.
    init() {
        var programs: [UInt64: PortHolder] = [:]
        // The lowest number is the program that made the socket; its children have it, too.
        for process in Self.names(in: "/proc").compactMap({ Int32($0) }).sorted() {
            let links = "/proc/\(process)/fd"
            for inode in Self.names(in: links).compactMap({ Self.socketInode("\(links)/\($0)") }) {
                guard let text = MachineFile.text("/proc/\(process)/comm") else { continue }
                let name = String(text.prefix { $0 != "\n" })
                // systemd makes the sockets of others; the service that has it too is the better name.
                if case .program(let known, _)? = programs[inode], known != "systemd" { continue }
                programs[inode] = .program(name, process: process)
            }
        }
        self.programs = programs
        let said = try? Program("wg", "show", "all", "listen-port").run()
        self.interfaces = Self.listenPorts(String(decoding: said?.output ?? [], as: UTF8.self))
    }

    /// Who holds a port on any address, each once.
    func holders(of wanted: WantedPort) -> [PortHolder] {
        let files =
            wanted.transport == .tcp
            ? ["/proc/net/tcp", "/proc/net/tcp6"] : ["/proc/net/udp", "/proc/net/udp6"]
        let inodes = files.flatMap { file in
            SocketTable(MachineFile.text(file) ?? "", transport: wanted.transport).inodes(port: wanted.port)
        }
        var holders: [PortHolder] = []
        for inode in inodes {
            // An interface says more than the program behind it, of which there is one only outside the kernel.
            let interface = wanted.transport == .udp ? interfaces[wanted.port.number] : nil
            let holder = interface.map { .wireGuard(interface: $0) } ?? programs[inode] ?? .kernel
            if !holders.contains(holder) { holders.append(holder) }
        }
        return holders
    }

    /// Reads lines of an interface and its port, as wg(8) prints them; 0 is an interface that is down.
    static func listenPorts(_ text: String) -> [UInt16: String] {
        var ports: [UInt16: String] = [:]
        for line in text.split(separator: "\n") {
            let words = line.split(separator: "\t")
            guard words.count == 2, let port = UInt16(words[1]), port > 0 else { continue }
            ports[port] = String(words[0])
        }
        return ports
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
