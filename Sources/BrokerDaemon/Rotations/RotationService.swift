internal import ServiceLifecycle

/// Keeps all plans going.
struct RotationService: Service {
    let lanes: [RotationLane]

    func run() async throws {
        await cancelWhenGracefulShutdown { [lanes] in
            await withDiscardingTaskGroup { group in
                for lane in lanes { group.addTask { await lane.run() } }
            }
        }
        // Without plans there is nothing to do, and a service that ends would end the daemon.
        try await gracefulShutdown()
    }
}
