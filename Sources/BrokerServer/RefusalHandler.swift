internal import NIOCore

/// Tells a client why it is not served, and closes the connection.
final class RefusalHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let farewell: ByteBuffer

    init(_ response: Response) {
        farewell = .closing(response, reason: Self.reason(response.status))
    }

    func channelActive(context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(farewell), promise: nil)
        context.close(promise: nil)
    }

    private static func reason(_ status: Int) -> String { status == 403 ? "Forbidden" : "Service Unavailable" }
}
