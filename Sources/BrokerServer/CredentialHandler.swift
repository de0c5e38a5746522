internal import NIOCore

/// Writes one credential to who connected, and closes the connection.
///
/// Whatever keeps it from doing so ends in a refusal where there is time for one: an empty answer would be an empty credential.
final class CredentialHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let answer: @Sendable () async -> ByteBuffer
    private let limit: TimeAmount
    private var answering: Task<Void, Never>?
    private var closing: Scheduled<Void>?
    private var isAnswered = false

    /// `answer` makes the credential; after `limit` the connection is closed, read or not.
    init(limit: TimeAmount, answer: @escaping @Sendable () async -> ByteBuffer) {
        (self.limit, self.answer) = (limit, answer)
    }

    func channelActive(context: ChannelHandlerContext) {
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        let eventLoop = context.eventLoop
        closing = eventLoop.scheduleTask(in: limit) { bound.value.1.close(promise: nil) }
        // Unstructured: it belongs to this connection, which cancels it when it closes.
        answering = Task { [answer] in
            let bytes = await answer()
            eventLoop.execute {
                let (handler, context) = bound.value
                handler.end(with: bytes, context)
            }
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        closing?.cancel()
        answering?.cancel()
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        // Nobody asks for anything here.
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        // The daemon stops: who has no answer yet gets none any more.
        if event is ChannelShouldQuiesceEvent { end(with: CredentialHandout.refusal, context) }
        context.fireUserInboundEventTriggered(event)
    }

    private func end(with bytes: ByteBuffer, _ context: ChannelHandlerContext) {
        guard !isAnswered, context.channel.isActive else { return }
        isAnswered = true
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        context.writeAndFlush(wrapOutboundOut(bytes)).whenComplete { _ in bound.value.close(promise: nil) }
    }
}
