import CloudSimulator
import Foundation
import Testing

/// A simulated cloud, a stand-in for systemd, and what is needed to start daemons with both.
struct ManagedWorld: Sendable {
    let cloud: CloudSimulator
    let url: String
    let folder: ScratchFolder
    let manager: ServiceStandIn
    let configuration: String

    var workload: String { folder.path("w") }
    var admin: String { folder.path("a") }

    /// Runs `body`; whatever daemons it starts must have ended afterwards.
    static func run(
        _ setup: Setup = Setup(),
        isAbstract: Bool = false,
        _ body: (ManagedWorld) async throws -> Void
    ) async throws {
        let cloud = try World.cloud()
        try await cloud.withRunning(logger: World.logger) { address in
            let folder = try ScratchFolder()
            let manager = try ServiceStandIn(folder, isAbstract: isAbstract)
            defer { manager.close() }
            let world = ManagedWorld(
                cloud: cloud,
                url: address.url,
                folder: folder,
                manager: manager,
                configuration: try setup.write(to: folder, cloud: address.url)
            )
            try await body(world)
        }
    }

    /// Both sockets, in an order that no configuration has.
    func listen() throws {
        try manager.listen("workload", at: workload, mode: 0o622)
        try manager.listen("admin", at: admin, mode: 0o620)
    }

    /// Runs `body` with an instance that is ready, and stops it.
    func serving(
        variables: [String: String] = [:],
        _ body: (ManagedDaemon) async throws -> Void
    ) async throws {
        let daemon = try start(variables: variables)
        do {
            try await manager.waitUntilReady()
            try await body(daemon)
        } catch {
            daemon.kill(SIGKILL)
            throw DidNotHappen(description: "\(error); the daemon says: \(daemon.log.text)")
        }
        try await daemon.stop()
    }

    /// Starts an instance, of which nothing was told yet.
    func start(variables: [String: String] = [:]) throws -> ManagedDaemon {
        manager.forgetMessages()
        return try manager.start(configuration, variables: variables)
    }

    /// Starts an instance that must refuse to start.
    ///
    /// - Returns: what it says.
    func refusal(
        variables: [String: String] = [:],
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws
        -> String
    {
        let daemon = try start(variables: variables)
        #expect(try await daemon.waitForEnd() == 78, sourceLocation: sourceLocation)
        #expect(!manager.messages.contains("READY=1"), sourceLocation: sourceLocation)
        return daemon.log.text
    }

    func ask(_ profile: String = "reports") async throws -> Reply {
        try await exchange(workload, "GET", "/v1/token?profile=\(profile)")
    }

    func exchange(_ socket: String, _ method: String, _ target: String) async throws -> Reply {
        try await blocking {
            let connection = try Connection(socket)
            try connection.request(method, target)
            return try #require(try connection.receive(), "the daemon closed without an answer")
        }
    }
}
