internal import NIOCore

/// Notices that the client has stopped sending, and closes the connection if it was only kept open to hang.
///
/// Clients that merely finish their side (half-closure) still get their answer.
final class DepartureHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = Never

    private var hasLeft = false
    private var closesOnDeparture = false

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed = event {
            hasLeft = true
            if closesOnDeparture { context.close(promise: nil) }
        }
        context.fireUserInboundEventTriggered(event)
    }

    /// Returns when the client has left and the connection is closed.
    static func waitForDeparture(on channel: any Channel) async throws {
        try await channel.eventLoop
            .submit {
                let handler = try channel.pipeline.syncOperations.handler(type: DepartureHandler.self)
                handler.closesOnDeparture = true
                if handler.hasLeft { channel.close(promise: nil) }
            }
            .get()
        try await channel.closeFuture.get()
    }
}
