internal import ServiceLifecycle

/// Keeps all configured sinks.
struct SinkService: Service {
    let lanes: [SinkLane]

    func run() async throws {
        await cancelWhenGracefulShutdown { [lanes] in
            await withDiscardingTaskGroup { group in
                for lane in lanes { group.addTask { await lane.run() } }
            }
        }
        // Without sinks there is nothing to do, and a service that ends would end the daemon.
        try await gracefulShutdown()
    }
}
