internal import NIOCore

/// Tells a client why it is not served, and closes the connection.
///
/// Over TCP a connection that is closed with unread bytes is reset, and the client may never see the answer. There what the
/// client sends is read and thrown away until it has closed its end, for ``lingering`` at most.
final class RefusalHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let farewell: ByteBuffer
    private let lingers: Bool
    private static let lingering: TimeAmount = .seconds(1)

    init(_ response: Response, lingers: Bool) {
        self.lingers = lingers
        farewell = .closing(response, reason: Self.reason(response.status))
    }

    func channelActive(context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(farewell), promise: nil)
        guard lingers else {
            context.close(promise: nil)
            return
        }
        context.close(mode: .output, promise: nil)
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        context.eventLoop.scheduleTask(in: Self.lingering) { bound.value.close(promise: nil) }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        // Nobody answers it.
    }

    private static func reason(_ status: Int) -> String { status == 403 ? "Forbidden" : "Service Unavailable" }
}
