internal import EtcdCoordination
internal import ServiceLifecycle

/// Keeps the session with etcd, and follows what leaders publish; ends last of what needs it.
struct FleetService: Service {
    let fleet: Fleet?
    let followers: [KeyFollower]

    func run() async throws {
        guard let fleet else {
            // A service that ends would end the daemon.
            try await gracefulShutdown()
            return
        }
        await cancelWhenGracefulShutdown { [followers] in
            await withDiscardingTaskGroup { group in
                group.addTask { await fleet.session.run() }
                for follower in followers { group.addTask { await follower.run() } }
            }
        }
        try await gracefulShutdown()
    }
}
