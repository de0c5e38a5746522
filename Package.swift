// swift-tools-version: 6.3
import PackageDescription

// Every target but those that must touch pointers also builds with strict memory safety.
let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InferIsolatedConformances"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]
let strictAndSafe = strict + [.strictMemorySafety()]

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let asyncAlgorithms = Target.Dependency.product(name: "AsyncAlgorithms", package: "swift-async-algorithms")
let asyncHTTPClient = Target.Dependency.product(name: "AsyncHTTPClient", package: "async-http-client")
let coreMetrics = Target.Dependency.product(name: "CoreMetrics", package: "swift-metrics")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let cryptoExtras = Target.Dependency.product(name: "CryptoExtras", package: "swift-crypto")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let heapModule = Target.Dependency.product(name: "HeapModule", package: "swift-collections")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let hummingbirdCore = Target.Dependency.product(name: "HummingbirdCore", package: "hummingbird")
let hummingbirdTLS = Target.Dependency.product(name: "HummingbirdTLS", package: "hummingbird")
let inMemoryTracing = Target.Dependency.product(name: "InMemoryTracing", package: "swift-distributed-tracing")
let instrumentation = Target.Dependency.product(name: "Instrumentation", package: "swift-distributed-tracing")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let mustache = Target.Dependency.product(name: "Mustache", package: "swift-mustache")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioEmbedded = Target.Dependency.product(name: "NIOEmbedded", package: "swift-nio")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let serviceLifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let swiftASN1 = Target.Dependency.product(name: "SwiftASN1", package: "swift-asn1")
let tracing = Target.Dependency.product(name: "Tracing", package: "swift-distributed-tracing")
let unixSignals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")
let x509 = Target.Dependency.product(name: "X509", package: "swift-certificates")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

let package = Package(
    name: "iam-broker",
    products: [
        .executable(name: "iam-broker", targets: ["BrokerCLI"]),
        .executable(name: "iam-brokerd", targets: ["BrokerDaemon"]),
        .executable(name: "fleet-simulation", targets: ["FleetCLI"]),
        .executable(name: "ibm-cloud-simulator", targets: ["SimulatorCLI"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-asn1", from: "1.7.0"),
        .package(url: "https://github.com/apple/swift-async-algorithms", from: "1.1.0"),
        .package(url: "https://github.com/apple/swift-certificates", from: "1.21.0"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.0"),
        .package(url: "https://github.com/apple/swift-distributed-tracing", from: "1.7.0"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.0.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.0"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        // The domain: no socket, no HTTP, no database.
        .systemLibrary(name: "COpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),
        .target(name: "JOSE", dependencies: ["COpenSSL"], swiftSettings: strict),
        .target(name: "MessageDigests", dependencies: ["COpenSSL"], swiftSettings: strict),
        .target(name: "DocumentReader", dependencies: [yams], swiftSettings: strictAndSafe),
        .target(name: "AccessPolicy", dependencies: ["DocumentReader"], swiftSettings: strictAndSafe),
        // The form of the audit log and its verification: used by those who write it and those who read it.
        .target(name: "AuditChain", dependencies: ["JOSE", "MessageDigests"], swiftSettings: strictAndSafe),
        .target(
            name: "TokenBroker",
            dependencies: ["AccessPolicy", "JOSE", "MessageDigests", logging, serviceLifecycle, tracing],
            swiftSettings: strictAndSafe
        ),
        // When keys are to be replaced.
        .target(name: "KeyRotation", dependencies: ["AccessPolicy", "JOSE"], swiftSettings: strictAndSafe),

        // Adapters: one outside world each.
        .target(name: "CLinux"),
        // Wipes memory when it is released, in the programs that link it.
        .target(name: "CSecretMemory"),
        .target(
            name: "WorkloadAttestation",
            dependencies: ["AccessPolicy", "CLinux", "MessageDigests"],
            swiftSettings: strict
        ),
        // The chained log of what the broker did.
        .target(
            name: "AuditTrail",
            dependencies: ["AccessPolicy", "AuditChain", "MessageDigests", "TokenBroker", serviceLifecycle],
            swiftSettings: strict
        ),
        // The forms and the ways of the daemon's own log.
        .target(name: "DaemonLogging", dependencies: ["CLinux", logging], swiftSettings: strictAndSafe),
        // Traces of requests: where they go, and that nobody waits for it.
        .target(
            name: "TraceExport",
            dependencies: [asyncHTTPClient, logging, nioCore, nioHTTP1, tracing],
            swiftSettings: strictAndSafe
        ),
        // Files that hold secrets: where they may lie, and how they are replaced.
        .target(name: "SecretFiles", dependencies: ["CLinux"], swiftSettings: strictAndSafe),
        // The journal of rotations on one machine.
        .target(
            name: "SQLiteStorage",
            dependencies: ["KeyRotation", "MessageDigests", "SecretFiles", grdb],
            swiftSettings: strictAndSafe
        ),
        // Encrypts key values for the journal, and keeps the key of it.
        .target(
            name: "SecretSealing",
            dependencies: ["COpenSSL", "JOSE", "KeyRotation", "SecretFiles"],
            swiftSettings: strict
        ),
        // What tokens and keys look like in files, and the files.
        .target(
            name: "CredentialSinks",
            dependencies: ["BrokerAPI", "JOSE", "KeyRotation", "MessageDigests", "SecretFiles", mustache],
            swiftSettings: strictAndSafe
        ),
        // What systemd and the daemon tell each other.
        .target(name: "ServiceManager", dependencies: ["CLinux"], swiftSettings: strictAndSafe),
        // Programs of the machine, run with bounds.
        .target(name: "SystemPrograms", dependencies: ["CLinux"], swiftSettings: strictAndSafe),
        // Key pairs, signing requests and checked chains of instance identity certificates.
        .target(
            name: "IdentityCertificates",
            dependencies: ["JOSE", "SecretFiles", crypto, cryptoExtras, swiftASN1, x509],
            swiftSettings: strictAndSafe
        ),
        // The etcd cluster of a fleet: who leads, what was written, what is published, who has it.
        .target(
            name: "EtcdCoordination",
            dependencies: [
                "JOSE", "KeyRotation", "MessageDigests", "TokenBroker", asyncHTTPClient, logging, nioCore, nioHTTP1,
                nioPosix, nioSSL,
            ],
            swiftSettings: strictAndSafe
        ),
        .target(
            name: "IBMCloud",
            dependencies: [
                "JOSE", "KeyRotation", "MessageDigests", "TokenBroker", asyncHTTPClient, nioCore, nioHTTP1, nioPosix,
                nioSSL,
            ],
            swiftSettings: strictAndSafe
        ),

        // What is counted and timed, each under one name, and its text for Prometheus.
        .target(name: "BrokerMetrics", dependencies: [coreMetrics], swiftSettings: strictAndSafe),

        // The local API and its two ends.
        .target(name: "BrokerAPI", dependencies: ["JOSE"], swiftSettings: strictAndSafe),
        // What operators see in a browser.
        .target(
            name: "StatusPage",
            dependencies: ["BrokerAPI", "MessageDigests", mustache],
            swiftSettings: strictAndSafe
        ),
        .target(
            name: "BrokerServer",
            dependencies: [
                "AccessPolicy", "BrokerAPI", "JOSE", "MessageDigests", "StatusPage", "TokenBroker",
                "WorkloadAttestation", instrumentation, logging, nioCore, nioHTTP1, nioPosix,
            ],
            swiftSettings: strictAndSafe
        ),
        .target(
            name: "BrokerCommands",
            dependencies: [
                "AuditChain", "BrokerAPI", "IdentityCertificates", "JOSE", "MessageDigests", "SystemPrograms",
                argumentParser, nioCore, nioHTTP1, nioPosix, nioSSL,
            ],
            swiftSettings: strictAndSafe
        ),

        // Executables: parse, build, run.
        .executableTarget(
            name: "BrokerCLI",
            dependencies: ["BrokerCommands"],
            swiftSettings: strictAndSafe
        ),
        .target(
            name: "DaemonConfiguration",
            dependencies: [
                "AccessPolicy", "AuditTrail", "BrokerAPI", "BrokerServer", "CLinux", "CredentialSinks",
                "DaemonLogging", "DocumentReader", "EtcdCoordination",
                "IBMCloud", "IdentityCertificates", "KeyRotation", "MessageDigests", "SecretFiles", "TokenBroker",
                "TraceExport", logging, nioCore,
            ],
            swiftSettings: strictAndSafe
        ),
        // What judges a policy from the command line: the code of the daemon, run by it and by nobody else.
        .target(
            name: "PolicyCommands",
            dependencies: [
                "AccessPolicy", "CredentialSinks", "DaemonConfiguration", "DocumentReader", "TokenBroker",
                argumentParser,
            ],
            swiftSettings: strictAndSafe
        ),
        // The same for schedules of rotation.
        .target(
            name: "RotationCommands",
            dependencies: ["JOSE", "KeyRotation", argumentParser],
            swiftSettings: strictAndSafe
        ),
        .executableTarget(
            name: "BrokerDaemon",
            dependencies: [
                "AccessPolicy",
                "AuditChain",
                "AuditTrail",
                "BrokerAPI",
                "BrokerMetrics",
                "BrokerServer",
                "CLinux",
                "CSecretMemory",
                "CredentialSinks",
                "DaemonConfiguration",
                "DaemonLogging",
                "DocumentReader",
                "EtcdCoordination",
                "IBMCloud",
                "IdentityCertificates",
                "JOSE",
                "KeyRotation",
                "MessageDigests",
                "PolicyCommands",
                "RotationCommands",
                "SQLiteStorage",
                "SecretFiles",
                "SecretSealing",
                "ServiceManager",
                "StatusPage",
                "SystemPrograms",
                "TokenBroker",
                "TraceExport",
                "WorkloadAttestation", argumentParser,
                asyncAlgorithms, coreMetrics, logging,
                nioCore, nioPosix,
                serviceLifecycle, unixSignals,
            ],
            swiftSettings: strictAndSafe
        ),
        .executableTarget(
            name: "SimulatorCLI",
            dependencies: ["CloudSimulator", argumentParser, logging, nioCore, nioPosix, unixSignals],
            swiftSettings: strictAndSafe
        ),

        // Support for tests and development: never a dependency of anything above but SimulatorCLI.
        .target(
            name: "CloudSimulator",
            dependencies: [
                "JOSE", crypto, httpTypes, hummingbirdCore, hummingbirdTLS, logging, nioCore, nioPosix, nioSSL,
                swiftASN1, x509,
            ],
            swiftSettings: strictAndSafe
        ),
        .target(
            name: "BrokerTesting",
            dependencies: ["AccessPolicy", "JOSE", "KeyRotation", "TokenBroker"],
            swiftSettings: strictAndSafe
        ),
        // Fleets in virtual time: what decides in the daemon, against a modelled IAM and a modelled etcd.
        .target(
            name: "FleetSimulation",
            dependencies: ["BrokerTesting", "JOSE", "KeyRotation", "TokenBroker", heapModule],
            swiftSettings: strictAndSafe
        ),
        .executableTarget(
            name: "FleetCLI",
            dependencies: ["FleetSimulation", argumentParser],
            swiftSettings: strictAndSafe
        ),
        // Decides for every test whether its files stay.
        .target(name: "TestFiles", swiftSettings: strictAndSafe),
        .executableTarget(
            name: "BrokerBenchmark",
            dependencies: ["CLinux", "JOSE", argumentParser],
            swiftSettings: strict
        ),

        .testTarget(
            name: "AccessPolicyTests",
            dependencies: ["AccessPolicy", "DocumentReader"],
            swiftSettings: strict
        ),
        .testTarget(name: "ArchitectureTests", swiftSettings: strict),
        .testTarget(
            name: "AuditTrailTests",
            dependencies: [
                "AccessPolicy", "AuditChain", "AuditTrail", "BrokerTesting", "JOSE", "MessageDigests", "TestFiles",
                "TokenBroker",
                logging, serviceLifecycle,
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "BrokerCommandsTests",
            dependencies: ["BrokerAPI", "BrokerCommands", "JOSE", "SystemPrograms", "TestFiles", nioHTTP1],
            swiftSettings: strict
        ),
        .testTarget(
            name: "BrokerDaemonTests",
            dependencies: [
                "AccessPolicy", "BrokerAPI", "BrokerDaemon", "BrokerMetrics", "BrokerServer", "BrokerTesting",
                "DaemonConfiguration", "DaemonLogging", "JOSE", "KeyRotation", "ServiceManager", "TestFiles",
                "TokenBroker", logging, nioCore, nioPosix,
            ],
            swiftSettings: strict
        ),
        // Also holds the documents of the catalogue against it.
        .testTarget(name: "BrokerMetricsTests", dependencies: ["BrokerMetrics", coreMetrics], swiftSettings: strict),
        .testTarget(
            name: "BrokerServerTests",
            dependencies: [
                "AccessPolicy", "BrokerAPI", "BrokerServer", "BrokerTesting", "JOSE", "StatusPage", "TestFiles",
                "TokenBroker", "WorkloadAttestation", inMemoryTracing, instrumentation, logging, nioCore, nioEmbedded,
                nioHTTP1, nioPosix, tracing,
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "CloudSimulatorTests",
            dependencies: [
                "CloudSimulator", "JOSE", "SimulatorCLI", "TestFiles", crypto, logging, nioCore, nioPosix, nioSSL,
                swiftASN1, x509,
            ],
            exclude: ["Clients"],
            swiftSettings: strict
        ),
        // Runs the built `iam-broker`: it is not imported, so it is no dependency.
        .testTarget(
            name: "CommandTests",
            dependencies: ["AuditChain", "TestFiles", crypto, nioCore, nioPosix, nioSSL, swiftASN1, x509],
            exclude: ["Fixtures"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "CredentialSinksTests",
            dependencies: [
                "BrokerAPI", "BrokerTesting", "CredentialSinks", "JOSE", "KeyRotation", "SecretFiles", "TestFiles",
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "DaemonConfigurationTests",
            dependencies: [
                "AccessPolicy", "AuditTrail", "BrokerServer", "CredentialSinks", "DaemonConfiguration",
                "DaemonLogging", "DocumentReader",
                "IBMCloud", "IdentityCertificates", "KeyRotation", "SecretFiles", "TestFiles", "TokenBroker",
                "TraceExport", logging, nioCore,
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "DaemonLoggingTests",
            dependencies: ["CLinux", "DaemonLogging", "TestFiles", logging],
            swiftSettings: strict
        ),
        // Runs processes of etcd.
        .testTarget(
            name: "EtcdCoordinationTests",
            dependencies: [
                "BrokerTesting", "EtcdCoordination", "JOSE", "KeyRotation", "SecretSealing", "TestFiles", "TokenBroker",
                logging,
            ],
            swiftSettings: strict
        ),
        .testTarget(name: "FleetSimulationTests", dependencies: ["FleetSimulation"], swiftSettings: strict),
        .testTarget(
            name: "IdentityCertificatesTests",
            dependencies: ["IdentityCertificates", "JOSE", "TestFiles", crypto, cryptoExtras, swiftASN1, x509],
            swiftSettings: strict
        ),
        .testTarget(
            name: "IBMCloudTests",
            dependencies: [
                "AccessPolicy", "BrokerTesting", "CloudSimulator", "IBMCloud", "JOSE", "KeyRotation", "MessageDigests",
                "TestFiles", "TokenBroker", "TraceExport", instrumentation, logging, nioCore, nioPosix, nioSSL,
            ],
            swiftSettings: strict
        ),
        // Runs the built daemon against the simulator.
        .testTarget(
            name: "IntegrationTests",
            dependencies: ["BrokerMetrics", "CLinux", "CloudSimulator", "JOSE", "TestFiles", logging],
            exclude: ["Clients", "Rules"],
            swiftSettings: strict
        ),
        .testTarget(name: "JOSETests", dependencies: ["JOSE"], swiftSettings: strict),
        // Also runs the cases of the policies that we ship.
        .testTarget(
            name: "PolicyCommandsTests",
            dependencies: ["DocumentReader", "PolicyCommands", "TestFiles"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "KeyRotationTests",
            dependencies: ["BrokerTesting", "JOSE", "KeyRotation"],
            swiftSettings: strict
        ),
        // What Sources/Packaging holds: units, manifests and a configuration, judged by systemd, by schemas and by the built programs.
        .testTarget(
            name: "PackagingTests",
            dependencies: ["BrokerAPI", "TestFiles"],
            exclude: ["Manifests"],
            swiftSettings: strict
        ),
        .testTarget(name: "SecretFilesTests", dependencies: ["SecretFiles"], swiftSettings: strict),
        .testTarget(
            name: "SecretSealingTests",
            dependencies: ["BrokerTesting", "JOSE", "KeyRotation", "SecretFiles", "SecretSealing", "TestFiles"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "SQLiteStorageTests",
            dependencies: ["BrokerTesting", "KeyRotation", "SQLiteStorage", "TestFiles", grdb],
            swiftSettings: strict
        ),
        .testTarget(
            name: "ServiceManagerTests",
            dependencies: ["CLinux", "ServiceManager", "TestFiles"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "StatusPageTests",
            dependencies: ["BrokerAPI", "MessageDigests", "StatusPage"],
            swiftSettings: strict
        ),
        .testTarget(name: "SystemProgramsTests", dependencies: ["SystemPrograms"], swiftSettings: strict),
        .testTarget(
            name: "TokenBrokerTests",
            dependencies: ["AccessPolicy", "BrokerTesting", "JOSE", "TokenBroker"],
            swiftSettings: strict
        ),
        .testTarget(name: "TraceExportTests", dependencies: ["TraceExport", tracing], swiftSettings: strict),
        .testTarget(
            name: "WorkloadAttestationTests",
            dependencies: ["AccessPolicy", "CLinux", "MessageDigests", "WorkloadAttestation"],
            swiftSettings: strict
        ),
    ]
)
