internal import Glibc
internal import Logging
internal import NIOCore
internal import NIOExtras

/// A listener that accepts connections, until it is stopped.
package struct RunningListener: Sendable {
    private let channel: any Channel
    private let quiescing: ServerQuiescingHelper
    private let place: SocketListener.Place
    private let logger: Logger

    init(channel: any Channel, quiescing: ServerQuiescingHelper, place: SocketListener.Place, logger: Logger) {
        self.channel = channel
        self.quiescing = quiescing
        self.place = place
        self.logger = logger
    }

    /// The port that it listens on, where it has one.
    package var port: Int? { channel.localAddress?.port }

    /// Takes no more connections, answers the requests that are there or arriving, and closes the rest.
    ///
    /// After ``grace`` whatever is left is cut off.
    package func stop() async {
        removeSocketFile()
        let stopped = channel.eventLoop.makePromise(of: Void.self)
        quiescing.initiateShutdown(promise: stopped)
        let closing = stopped.futureResult
        let timer = channel.eventLoop.scheduleTask(in: Self.grace) {
            // The promise fails nobody: what is still open is closed when the event loops stop.
            stopped.succeed()
        }
        do {
            try await closing.get()
        } catch {
            logger.warning("Listener did not stop cleanly", metadata: ["error": "\(error)", "socket": "\(place)"])
        }
        timer.cancel()
    }

    private func removeSocketFile() {
        guard case .file(let socket) = place else { return }
        let path = socket.path
        guard unsafe unlink(path) != 0, errno != ENOENT else { return }
        logger.warning("Socket file was not removed", metadata: ["socket": "\(path)", "errno": "\(errno)"])
    }

    /// How long a stop waits for requests (reference: architecture, iam-brokerd).
    private static let grace: TimeAmount = .seconds(5)
}
