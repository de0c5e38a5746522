internal import BrokerServer
internal import ServiceLifecycle

/// Writes down, minute by minute, what was handed out and refused, until the daemon stops.
struct ActivityService: Service {
    let recorder: ActivityRecorder

    func run() async throws {
        await cancelWhenGracefulShutdown { await recorder.run() }
    }
}
