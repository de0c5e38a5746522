internal import NIOCore

/// Writes one credential to who connected, and closes the connection.
final class CredentialHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let answer: @Sendable () async -> [UInt8]
    private var answering: Task<Void, Never>?

    init(answer: @escaping @Sendable () async -> [UInt8]) {
        self.answer = answer
    }

    func channelActive(context: ChannelHandlerContext) {
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        let eventLoop = context.eventLoop
        // Unstructured: it belongs to this connection, which cancels it when it closes.
        answering = Task { [answer] in
            let bytes = await answer()
            eventLoop.execute {
                let context = bound.value
                guard context.channel.isActive else { return }
                context.writeAndFlush(NIOAny(ByteBuffer(bytes: bytes)))
                    .whenComplete { _ in bound.value.close(promise: nil) }
            }
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        answering?.cancel()
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        // Nobody asks for anything here.
    }
}
