internal import BrokerServer
internal import ServiceLifecycle

/// All listeners, started one after the other and stopped at the same time.
struct RunningListeners: Service {
    private let listeners: [RunningListener]

    /// The ports of those that have one, in the order in which they were started.
    var ports: [Int] { listeners.compactMap(\.port) }

    /// Ends requests that would wait longer than a stop does.
    private let beforeStop: @Sendable () -> Void

    /// Starts `listeners`.
    ///
    /// When one cannot start, those before it are stopped again. `board` is told which are to run, and which do.
    init(
        starting listeners: [SocketListener],
        board: ListenerBoard,
        beforeStop: @escaping @Sendable () -> Void
    ) async throws {
        board.expect(listeners.map(\.name))
        self.beforeStop = beforeStop
        var running: [RunningListener] = []
        do {
            for listener in listeners {
                let started = try await listener.start()
                board.started(running.count, started)
                running.append(started)
            }
        } catch {
            for listener in running { await listener.stop() }
            throw error
        }
        self.listeners = running
    }

    func run() async throws {
        try await gracefulShutdown()
        beforeStop()
        await withTaskGroup(of: Void.self) { group in
            for listener in listeners { group.addTask { await listener.stop() } }
        }
    }
}
