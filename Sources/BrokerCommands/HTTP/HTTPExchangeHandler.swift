internal import NIOCore
internal import NIOHTTP1

/// Sends a request as soon as there is a connection, and keeps its promise with the answer.
final class HTTPExchangeHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart

    private let request: HTTPRequestHead
    private let body: [UInt8]?
    private let bodyLimit: Int
    private let promise: EventLoopPromise<HTTPAnswer>
    private var answer: HTTPAnswer?

    /// `limit` bounds the bytes of the answer's body.
    init(_ request: HTTPRequestHead, body: [UInt8]?, limit: Int, _ promise: EventLoopPromise<HTTPAnswer>) {
        self.request = request
        self.body = body
        bodyLimit = limit
        self.promise = promise
    }

    func channelActive(context: ChannelHandlerContext) {
        context.write(wrapOutboundOut(.head(request)), promise: nil)
        if let body { context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: body)))), promise: nil) }
        // A request that is not sent shows in `errorCaught` or `channelInactive`.
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            let retryAfter = head.headers.first(name: "retry-after").flatMap { Int($0) }
            answer = HTTPAnswer(status: Int(head.status.code), retryAfter: retryAfter, headers: head.headers, body: [])
        case .body(let part):
            guard let length = answer?.body.count, part.readableBytes <= bodyLimit - length else {
                return fail(.tooLarge(limit: bodyLimit), context)
            }
            answer?.body.append(contentsOf: part.readableBytesView)
        case .end:
            guard let answer else { return fail(.malformed, context) }
            promise.succeed(answer)
            context.close(promise: nil)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        promise.fail(HTTPExchangeError.closedEarly)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        fail(HTTPExchangeError(error), context)
    }

    private func fail(_ error: HTTPExchangeError, _ context: ChannelHandlerContext) {
        promise.fail(error)
        context.close(promise: nil)
    }
}
