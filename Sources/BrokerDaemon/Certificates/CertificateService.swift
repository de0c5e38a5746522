internal import ServiceLifecycle

/// Keeps all configured identity certificates renewed.
struct CertificateService: Service {
    let lanes: [CertificateLane]

    func run() async throws {
        await cancelWhenGracefulShutdown { [lanes] in
            await withDiscardingTaskGroup { group in
                for lane in lanes { group.addTask { await lane.run() } }
            }
        }
        // Without certificates there is nothing to do, and a service that ends would end the daemon.
        try await gracefulShutdown()
    }
}
