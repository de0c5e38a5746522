internal import BrokerMetrics
internal import CoreMetrics
internal import NIOCore
internal import NIOPosix
internal import ServiceLifecycle

/// Measures how much later than planned the event loops do what they are to do.
///
/// A loop that is late answers late: on it everybody waits for whatever takes long.
struct EventLoopWatch: Service {
    let group: MultiThreadedEventLoopGroup
    let registry: MetricRegistry

    static let distance: TimeAmount = .seconds(5)

    func run() async throws {
        let stop = StopFlag()
        for (number, loop) in group.makeIterator().enumerated() {
            let lags = Timer(
                label: MetricFamily.eventLoopLag.name,
                dimensions: [("loop", "\(number)")],
                factory: registry
            )
            Self.look(at: loop, .now(), lags, until: stop)
        }
        try await gracefulShutdown()
        stop.set()
    }

    private static func look(at loop: any EventLoop, _ planned: NIODeadline, _ lags: Timer, until stop: StopFlag) {
        loop.scheduleTask(deadline: planned) {
            guard !stop.isSet else { return }
            let now = NIODeadline.now()
            lags.recordNanoseconds(max(0, (now - planned).nanoseconds))
            look(at: loop, now + distance, lags, until: stop)
        }
    }
}
