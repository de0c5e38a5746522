internal import Logging
internal import NIOCore

/// Stops accepting for a moment when no descriptor is left for another connection.
///
/// The listening socket stays readable while somebody waits, so the event loop would try again as fast as it can.
final class AcceptPause: ChannelInboundHandler {
    typealias InboundIn = any Channel

    private static let length: TimeAmount = .milliseconds(100)
    private static let silence: TimeAmount = .seconds(10)
    private let logger: Logger
    private var isPausing = false
    private var lastTold: NIODeadline?

    init(logger: Logger) {
        self.logger = logger
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard error is IOError else {
            context.fireErrorCaught(error)
            return
        }
        guard !isPausing else { return }
        isPausing = true
        tell(error, now: context.eventLoop.now)
        // Either fails only when the listener has been closed, and then nothing is accepted anyway.
        context.channel.setOption(.autoRead, value: false).whenComplete { _ in }
        let bound = NIOLoopBound((self, context.channel), eventLoop: context.eventLoop)
        context.eventLoop.scheduleTask(in: Self.length) {
            let (handler, channel) = bound.value
            handler.isPausing = false
            channel.setOption(.autoRead, value: true).whenComplete { _ in }
        }
    }

    private func tell(_ error: any Error, now: NIODeadline) {
        if let lastTold, now - lastTold < Self.silence { return }
        lastTold = now
        logger.warning("No more connections can be accepted for the moment", metadata: ["error": "\(error)"])
    }
}
