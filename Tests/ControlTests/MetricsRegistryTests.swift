import CoreMetrics
import Testing

@testable import Control

/// Counting, and the text that Prometheus reads.
struct MetricsRegistryTests {
    @Test func `each kind is rendered`() {
        let registry = MetricsRegistry()
        registry.makeCounter(label: "http.requests", dimensions: [("method", "GET"), ("code", "200")])
            .increment(by: 3)
        registry.makeFloatingPointCounter(label: "work_total", dimensions: []).increment(by: 0.5)
        registry.makeMeter(label: "streams", dimensions: []).set(7 as Int64)
        registry.makeRecorder(label: "queue", dimensions: [], aggregate: false).record(2.5)
        #expect(
            registry.render() == """
                # TYPE http_requests_total counter
                http_requests_total{method="GET",code="200"} 3
                # TYPE queue gauge
                queue 2.5
                # TYPE streams gauge
                streams 7
                # TYPE work_total counter
                work_total 0.5

                """)
    }

    @Test func `a histogram's buckets are cumulative and end in the count`() {
        let registry = MetricsRegistry()
        let timer = registry.makeTimer(label: "wait", dimensions: [("path", "a")])
        timer.recordNanoseconds(500_000)
        timer.recordNanoseconds(700_000)
        timer.recordNanoseconds(120_000_000_000)
        let lines = registry.render().split(separator: "\n")
        #expect(lines.first == "# TYPE wait_seconds histogram")
        #expect(lines.contains(#"wait_seconds_bucket{path="a",le="0.0005"} 1"#))
        #expect(lines.contains(#"wait_seconds_bucket{path="a",le="0.001"} 2"#))
        #expect(lines.contains(#"wait_seconds_bucket{path="a",le="60"} 2"#))
        #expect(lines.contains(#"wait_seconds_bucket{path="a",le="+Inf"} 3"#))
        #expect(lines.contains(#"wait_seconds_count{path="a"} 3"#))
        #expect(lines.contains(#"wait_seconds_sum{path="a"} 120.0012"#))
    }

    @Test func `amounts go into buckets of their own`() {
        let registry = MetricsRegistry()
        registry.makeRecorder(label: "bytes", dimensions: [], aggregate: true).record(65 as Int64)
        #expect(registry.render().contains("bytes_bucket{le=\"64\"} 0\nbytes_bucket{le=\"256\"} 1\n"))
    }

    @Test func `names and labels that Prometheus does not take are spelled so that it does`() {
        let registry = MetricsRegistry()
        registry.makeCounter(label: "9.lives-é", dimensions: [("a-b", "q\"\\\n")]).increment(by: 1)
        #expect(registry.render().contains("_9_lives___total{a_b=\"q\\\"\\\\\\n\"} 1\n"))
    }

    @Test func `the same metric is counted in one cell, another label in another`() {
        let registry = MetricsRegistry()
        registry.makeCounter(label: "x", dimensions: []).increment(by: 1)
        registry.makeCounter(label: "x", dimensions: []).increment(by: 1)
        registry.makeCounter(label: "x", dimensions: [("k", "v")]).increment(by: 1)
        #expect(registry.render() == "# TYPE x_total counter\nx_total 2\nx_total{k=\"v\"} 1\n")
    }

    @Test func `a name of another kind counts without being shown`() {
        let registry = MetricsRegistry()
        registry.makeMeter(label: "x", dimensions: []).set(1.0)
        registry.makeRecorder(label: "x", dimensions: [], aggregate: true).record(1.0)
        #expect(registry.render() == "# TYPE x gauge\nx 1\n")
    }

    @Test func `nothing is lost when many count at once`() async {
        let registry = MetricsRegistry()
        let counter = registry.makeCounter(label: "c", dimensions: [])
        let sum = registry.makeFloatingPointCounter(label: "f", dimensions: [])
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    for _ in 0..<10_000 {
                        counter.increment(by: 1)
                        sum.increment(by: 0.5)
                    }
                }
            }
        }
        #expect(registry.render().contains("c_total 80000\n"))
        #expect(registry.render().contains("f_total 40000\n"))
    }
}
