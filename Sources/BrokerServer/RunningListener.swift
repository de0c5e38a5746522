internal import Glibc
internal import Logging
internal import NIOCore

/// A listener that accepts connections, until it is stopped.
package struct RunningListener: Sendable {
    private let channel: any Channel
    private let drain: ConnectionDrain
    private let place: SocketListener.Place
    /// Whether the socket's file goes with the listener.
    private let ownsFile: Bool
    private let logger: Logger

    init(
        channel: any Channel,
        drain: ConnectionDrain,
        place: SocketListener.Place,
        ownsFile: Bool,
        logger: Logger
    ) {
        self.channel = channel
        self.drain = drain
        self.place = place
        self.ownsFile = ownsFile
        self.logger = logger
    }

    /// The port that it listens on, where it has one.
    package var port: Int? { channel.localAddress?.port }

    /// Whether it accepts connections, or would if it had a place for them.
    var isListening: Bool { channel.isActive }

    /// Ends every connection behind its next answer, then takes no more, answers the requests that are there or arriving,
    /// and closes the rest.
    ///
    /// Connections that wait in an inherited socket are left to whoever has it next. After ``grace`` whatever is left is cut off.
    package func stop() async {
        let start = NIODeadline.now()
        removeSocketFile()
        await wait(for: drain.end(on: channel.eventLoop), until: start + Self.patience)
        do {
            try await channel.close()
        } catch {
            logger.warning("Listener did not stop cleanly", metadata: ["error": "\(error)", "socket": "\(place)"])
        }
        await wait(for: drain.close(on: channel.eventLoop), until: start + Self.grace)
    }

    /// Waits until the connections are gone, or until `deadline`.
    ///
    /// What is still open after the last wait is closed when the process ends.
    private func wait(for gone: EventLoopFuture<Void>, until deadline: NIODeadline) async {
        let over = channel.eventLoop.makePromise(of: Void.self)
        let timer = channel.eventLoop.scheduleTask(deadline: deadline) { over.succeed() }
        gone.cascade(to: over)
        do {
            try await over.futureResult.get()
        } catch {
            logger.warning("Listener did not stop cleanly", metadata: ["error": "\(error)", "socket": "\(place)"])
        }
        timer.cancel()
    }

    private func removeSocketFile() {
        guard ownsFile, case .file(let socket) = place else { return }
        let path = socket.path
        guard unsafe unlink(path) != 0, errno != ENOENT else { return }
        logger.warning("Socket file was not removed", metadata: ["socket": "\(path)", "errno": "\(errno)"])
    }

    /// How long a stop waits for requests (reference: architecture, iam-brokerd).
    private static let grace: TimeAmount = .seconds(5)
    /// How much of it goes to connections that are idle: a client that is in the middle of something sends its next request within it.
    private static let patience: TimeAmount = .seconds(2)
}
