// swift-tools-version: 6.2
import PackageDescription

/// Whether to build `runegate-fuzz` and instrument our targets for libFuzzer (tools/test/fuzz.sh).
let isFuzzing = Context.environment["RUNEGATE_FUZZ"] != nil

/// Settings of every target of ours: Swift 6 mode is implied by the tools version; warnings are errors.
let strict: [SwiftSetting] =
    [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .treatAllWarnings(as: .error),
    ] + (isFuzzing ? [.unsafeFlags(["-sanitize=fuzzer"])] : [])

func library(_ name: String, _ dependencies: [Target.Dependency], resources: [Resource]? = nil) -> Target {
    .target(name: name, dependencies: dependencies, resources: resources, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .testTarget(
        name: "\(name)Tests", dependencies: [.byName(name: name), "TestSupport"] + dependencies,
        swiftSettings: strict)
}

func nio(_ product: String) -> Target.Dependency { .product(name: product, package: "swift-nio") }
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let metrics: Target.Dependency = .product(name: "Metrics", package: "swift-metrics")
let lifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let signals: Target.Dependency = .product(name: "UnixSignals", package: "swift-service-lifecycle")
let arguments: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")
let toml: Target.Dependency = .product(name: "TOMLKit", package: "TOMLKit")

let package = Package(
    name: "runegate",
    products: [.executable(name: "runegate", targets: ["runegate"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", exact: "2.13.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
        .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
        .package(url: "https://github.com/LebJe/TOMLKit", exact: "0.6.0"),
    ],
    targets: [
        // The distribution's C libraries. Each is imported by one Swift module only.
        .systemLibrary(name: "COpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CSystemd", pkgConfig: "libsystemd", providers: [.apt(["libsystemd-dev"])]),
        .systemLibrary(name: "CQREncode", pkgConfig: "libqrencode", providers: [.apt(["libqrencode-dev"])]),
        .systemLibrary(name: "CMNL", pkgConfig: "libmnl", providers: [.apt(["libmnl-dev"])]),

        // From the bottom up: nothing below imports anything above.
        library("GateModel", []),
        library("Cryptography", ["COpenSSL", "GateModel"]),
        library("GateConfig", ["GateModel", toml]),
        library("Systemd", ["CSystemd", "GateModel"]),
        library("Logs", ["Systemd", "GateModel", logging]),
        library("TLS", ["COpenSSL", "GateModel", nio("NIOCore")]),
        library("Mail", ["TLS", "GateModel", "GateConfig", logging, nio("NIOCore"), nio("NIOPosix")]),
        library("Store", ["Cryptography", "GateModel", logging, grdb]),
        library("Identity", ["Store", "Mail", "Cryptography", "GateModel", "GateConfig", logging]),
        library("UpstreamSelection", ["GateModel"]),
        library("WireGuardKernel", ["CMNL", "GateModel"]),
        library(
            "TunnelSupervisor",
            [
                "UpstreamSelection", "WireGuardKernel", "Store", "GateModel", logging, metrics,
                nio("NIOCore"),
                nio("NIOPosix"),
            ]),
        library(
            "Gateway",
            [
                "Identity", "UpstreamSelection", "TLS", "GateModel", "GateConfig", logging, metrics,
                nio("NIOCore"), nio("NIOPosix"), nio("NIOHTTP1"),
            ]),
        library(
            "Control",
            [
                "Identity", "Mail", "Store", "TunnelSupervisor", "CQREncode", "GateModel", "GateConfig",
                logging, metrics,
                nio("NIOCore"), nio("NIOPosix"), nio("NIOHTTP1"),
            ]),
        library(
            "Provision",
            [
                "Cryptography", "Mail", "TLS", "WireGuardKernel", "GateModel", "GateConfig", "Systemd",
                logging,
                toml, nio("NIOCore"), nio("NIOPosix"),
            ]),
        library(
            "Demo",
            [
                "GateModel", "Cryptography", logging, nio("NIOCore"), nio("NIOPosix"), nio("NIOHTTP1"),
                nio("NIOWebSocket"),
            ]),
        .executableTarget(
            name: "runegate",
            dependencies: [
                "GateModel", "GateConfig", "Cryptography", "Systemd", "Logs", "TLS", "Mail", "Store",
                "Identity",
                "UpstreamSelection", "WireGuardKernel", "TunnelSupervisor", "Gateway", "Control",
                "Provision", "Demo", arguments,
                lifecycle,
                signals, logging,
                metrics,
                nio("NIOCore"), nio("NIOPosix"),
            ],
            swiftSettings: strict,
            // Two things that gold cannot do: packed relocations (glibc 2.36) are two megabytes less to read;
            // what runs at start lies together, and the rest stays on disk (Benchmarks/start_order.py).
            linkerSettings: [
                .unsafeFlags(
                    [
                        "-use-ld=lld", "-Xlinker", "-z", "-Xlinker", "pack-relative-relocs",
                        "-Xlinker",
                        "--symbol-ordering-file=\(Context.packageDirectory)/tools/build/start-order.txt",
                        "-Xlinker", "--no-warn-symbol-ordering",
                    ],
                    .when(configuration: .release))
            ]),

        .target(
            name: "TestSupport", dependencies: ["GateModel"], path: "Tests/TestSupport", swiftSettings: strict
        ),
        tests("GateModel"),
        tests("Cryptography"),
        tests("GateConfig", [toml]),
        tests("Systemd"),
        tests("Logs", [logging]),
        tests("TLS", [nio("NIOCore"), nio("NIOPosix"), nio("NIOEmbedded")]),
        tests("Mail", ["TLS", "GateConfig", nio("NIOCore"), nio("NIOPosix"), logging]),
        tests("Store", ["Cryptography", logging, grdb]),
        tests("Identity", ["Store", "Mail", "Cryptography", "GateConfig", logging]),
        tests("UpstreamSelection"),
        // What the tests on real interfaces look through: in network namespaces, and in a virtual machine.
        .executableTarget(
            name: "wireguard-probe", dependencies: ["WireGuardKernel", "GateModel"],
            path: "Tests/WireGuardProbe",
            swiftSettings: strict),
        tests("WireGuardKernel", ["wireguard-probe"]),
        tests(
            "TunnelSupervisor",
            [
                "UpstreamSelection", "WireGuardKernel", "Store", logging, metrics, nio("NIOCore"),
                nio("NIOPosix"),
            ]),
        tests(
            "Gateway",
            [
                "Identity", "Store", "Mail", "Cryptography", "UpstreamSelection", "GateConfig", logging,
                nio("NIOCore"), nio("NIOPosix"), nio("NIOHTTP1"), nio("NIOEmbedded"),
            ]),
        tests(
            "Control",
            [
                "Identity", "Store", "Mail", "TunnelSupervisor", "UpstreamSelection", "GateConfig", logging,
                metrics,
                nio("NIOCore"), nio("NIOPosix"), nio("NIOHTTP1"),
            ]),
        tests(
            "Provision",
            ["Cryptography", "GateConfig", "WireGuardKernel", logging, nio("NIOCore"), nio("NIOPosix")]),
        tests(
            "Demo",
            ["Cryptography", nio("NIOCore"), nio("NIOPosix"), nio("NIOHTTP1"), nio("NIOWebSocket")]),
        .testTarget(name: "ArchitectureTests", swiftSettings: strict),
    ]
)

if isFuzzing {
    package.targets.append(
        .executableTarget(
            name: "runegate-fuzz",
            dependencies: [
                "GateModel", "Cryptography", "GateConfig", "Identity", "Gateway", "WireGuardKernel",
                "Provision", nio("NIOCore"), nio("NIOEmbedded"), nio("NIOHTTP1"),
            ],
            path: "Fuzz", exclude: ["Corpus"], swiftSettings: strict,
            // gold stumbles over the sanitizers' debug information.
            linkerSettings: [.unsafeFlags(["-sanitize=fuzzer", "-use-ld=lld"])]))
}
