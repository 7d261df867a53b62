internal import Glibc
internal import NIOHTTP1

/// `GET /metrics`: the registry, what the process uses, and how many sessions there are.
struct MetricsPage: Sendable {
    let registry: MetricsRegistry
    let sessionCount: @Sendable () async -> Int

    /// The whole of a listener that has nothing but this page.
    func respond(to request: ControlRequest) async -> ControlResponse {
        guard request.path == "/metrics", request.method == .GET || request.method == .HEAD else {
            return .text("Only GET /metrics is here.\n", type: "text/plain; charset=utf-8", .notFound)
        }
        return await response()
    }

    func response() async -> ControlResponse {
        let text = """
            # TYPE runegate_sessions gauge
            runegate_sessions \(await sessionCount())
            \(ProcessUse.read().rendered)\(registry.render())
            """
        return .text(text, type: "text/plain; version=0.0.4; charset=utf-8")
    }
}

/// What the kernel says about this process (proc(5)), under the names that Prometheus clients use.
struct ProcessUse: Equatable {
    var cpuSeconds: Double
    var residentBytes: Int

    static func read() -> ProcessUse {
        var usage = rusage()
        getrusage(RUSAGE_SELF.rawValue, &usage)
        let cpuMicroseconds =
            (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1_000_000
            + Int(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec)
        return ProcessUse(cpuSeconds: Double(cpuMicroseconds) / 1_000_000, residentBytes: residentBytes())
    }

    var rendered: String {
        """
        # TYPE process_cpu_seconds_total counter
        process_cpu_seconds_total \(MetricFamily.number(cpuSeconds))
        # TYPE process_resident_memory_bytes gauge
        process_resident_memory_bytes \(residentBytes)

        """
    }

    /// The second number of /proc/self/statm is in pages; 0 where /proc cannot be read.
    private static func residentBytes() -> Int {
        var buffer = [UInt8](repeating: 0, count: 128)
        let descriptor = open("/proc/self/statm", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return 0 }
        defer { close(descriptor) }
        let count = Glibc.read(descriptor, &buffer, buffer.count)
        let fields = String(decoding: buffer.prefix(max(0, count)), as: UTF8.self).split(separator: " ")
        return (fields.count > 1 ? Int(fields[1]) ?? 0 : 0) * sysconf(Int32(_SC_PAGESIZE))
    }
}
