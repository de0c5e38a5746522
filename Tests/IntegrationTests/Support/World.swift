import CloudSimulator
import Foundation
import JOSE
import Logging
import TestFiles
import Testing

/// A simulated cloud and a daemon that uses it.
struct World: Sendable {
    let cloud: CloudSimulator
    /// Where the cloud is.
    let url: String
    let folder: ScratchFolder
    let daemon: DaemonProcess

    var workload: String { folder.path("w") }
    var admin: String { folder.path("a") }

    static let issuer = "https://iam.cloud.ibm.com/identity"
    static let logger = Logger(label: "cloud") { _ in SwiftLogNoOpLogHandler() }

    static func cloud(tokenLifetime: Int = 3_600) throws -> CloudSimulator {
        var instance = SimulatedInstance()
        instance.tokenLifetime = tokenLifetime
        return CloudSimulator(
            instance: instance,
            keys: try TestKeys.keys(),
            now: { Date() },
            noting: { secret in
                #expect(throws: Never.self) { try TestFiles.note(length: secret.length, digest: secret.digest) }
            }
        )
    }

    /// Runs `body` with a cloud and a daemon, and stops both.
    static func run(
        _ setup: Setup = Setup(),
        tls: TLSFiles? = nil,
        sourceLocation: SourceLocation = #_sourceLocation,
        _ body: (World) async throws -> Void
    ) async throws {
        let cloud = try cloud()
        try await cloud.withRunning(tls: tls?.configuration(), logger: logger) { address in
            try await run(setup, cloud, at: address.url, sourceLocation: sourceLocation, body)
        }
    }

    /// Runs `body` with a daemon whose cloud is, or will be, at `url`.
    static func run(
        _ setup: Setup,
        _ cloud: CloudSimulator,
        at url: String,
        sourceLocation: SourceLocation = #_sourceLocation,
        _ body: (World) async throws -> Void
    ) async throws {
        let folder = try ScratchFolder()
        let configuration = try setup.write(to: folder, cloud: url)
        if let user = setup.user.flatMap(UInt32.init) { try #require(chown(folder.path(""), user, user) == 0) }
        let daemon = try await DaemonProcess(configuration: configuration, user: setup.user, before: setup.before)
        let world = World(cloud: cloud, url: url, folder: folder, daemon: daemon)
        do {
            try await body(world)
        } catch {
            daemon.kill(SIGKILL)
            throw error
        }
        let secrets = cloud.instance.serviceAccountTokens.map(\.token.exposed)
        try await daemon.stop(secrets: secrets, sourceLocation: sourceLocation)
    }

    /// The URL of the loopback listener, as the daemon's log tells it.
    var emulation: String { get throws { "http://127.0.0.1:\(try emulationPort)" } }

    var emulationPort: UInt16 {
        get throws {
            let match = try #require(daemon.log.text.firstMatch(of: /metadata=127\.0\.0\.1:([0-9]+)/))
            return try #require(UInt16(match.1))
        }
    }

    /// Asks for a token as a workload.
    func ask(_ profile: String = "reports") async throws -> Reply {
        try await exchange(workload, "GET", "/v1/token?profile=\(profile)")
    }

    /// Has a profile renewed at once, whatever failed before.
    func refresh(_ profile: String = "reports") async throws -> Reply {
        try await exchange(admin, "POST", "/v1/refresh?profile=\(profile)")
    }

    private func exchange(_ socket: String, _ method: String, _ target: String) async throws -> Reply {
        try await blocking {
            let connection = try Connection(socket)
            try connection.request(method, target)
            return try #require(try connection.receive(), "the daemon closed without an answer")
        }
    }
}
