internal import BrokerAPI
internal import Instrumentation
internal import NIOCore
internal import NIOHTTP1
internal import TokenBroker

/// Reads one request at a time behind the codec, asks the routes, and sends the answer.
final class RequestHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    /// Answers a request.
    ///
    /// It is cancelled when the client goes away.
    typealias Routes = @Sendable (Request) async -> Response

    private let routes: Routes
    private let maximumBodySize: Int
    private let errors: ErrorShape
    private let spans: SpanSource
    private var head: HTTPRequestHead?
    private var body: [UInt8] = []
    /// The rest of a request that was refused already.
    private var isDiscarding = false
    private var answering: Task<Void, Never>?

    init(routes: @escaping Routes, maximumBodySize: Int, errors: ErrorShape, spans: SpanSource = .none) {
        self.routes = routes
        (self.maximumBodySize, self.errors, self.spans) = (maximumBodySize, errors, spans)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            context.triggerUserOutboundEvent(HotPathHandler.Progress.requestBegan, promise: nil)
            (self.head, body, isDiscarding) = (head, [], false)
            if let message = Self.fault(of: head) { refuse(.badRequest, message, context) }
        case .body(let part):
            guard !isDiscarding else { return }
            guard body.count + part.readableBytes <= maximumBodySize else {
                refuse(.tooLarge, "the body is larger than \(maximumBodySize) bytes", context)
                return
            }
            body.append(contentsOf: part.readableBytesView)
        case .end:
            guard !isDiscarding, let head else { return }
            context.triggerUserOutboundEvent(HotPathHandler.Progress.requestEnded, promise: nil)
            // After a request to upgrade the codec reads no further and would keep every byte that follows.
            let keepAlive = head.isKeepAlive && !head.headers.contains(name: "upgrade")
            answer(Request(head: head, body: body), keepAlive: keepAlive, context)
            (self.head, body) = (nil, [])
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        answering?.cancel()
        context.fireChannelInactive()
    }

    /// Errors of the connection, and bytes that are not HTTP.
    ///
    /// The latter come when all requests before them are answered, and the codec closes the connection when this returns.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if let error = error as? HTTPParserError, !isDiscarding {
            refuse(.badRequest, Self.message(error), context)
        }
        context.close(promise: nil)
    }

    private func answer(_ request: Request, keepAlive: Bool, _ context: ChannelHandlerContext) {
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        let eventLoop = context.eventLoop
        // Unstructured: it belongs to this connection, which cancels it when it closes.
        answering = Task { [routes, spans] in
            var context = spans.incoming(
                parent: request.headers["traceparent"],
                state: request.headers["tracestate"]
            )
            let id = RequestID(request.headers)
            context.requestID = id
            var response = await ServiceContext.withValue(context) { await spans.answer(to: request, routes) }
            // Without a chosen name, the same question has the same answer on the long way and on the hot path, byte by byte.
            if id.isChosen { response.requestID = response.requestID ?? "\(id)" }
            let answer = response
            eventLoop.execute {
                let (handler, context) = bound.value
                handler.send(answer, keepAlive: keepAlive, hasBody: request.method != .HEAD, context)
            }
        }
    }

    private func refuse(_ code: ErrorCode, _ message: String, _ context: ChannelHandlerContext) {
        isDiscarding = true
        head = nil
        send(errors.response(code, message), keepAlive: false, hasBody: true, context)
    }

    // Without a body for `HEAD`: a client would take it for the next response (RFC 9110 section 9.3.2).
    private func send(_ response: Response, keepAlive: Bool, hasBody: Bool, _ context: ChannelHandlerContext) {
        guard context.channel.isActive else { return }
        var headers = response.headers
        if !keepAlive { headers.add(name: "Connection", value: "close") }
        let head = HTTPResponseHead(version: .http1_1, status: .init(statusCode: response.status), headers: headers)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        if hasBody {
            context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: response.body)))), promise: nil)
        }
        // Before the end: with it the codec passes on the next request, if that has arrived already.
        context.triggerUserOutboundEvent(HotPathHandler.Progress.responseSent, promise: nil)
        let sent = context.writeAndFlush(wrapOutboundOut(.end(nil)))
        guard !keepAlive else { return }
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        sent.whenComplete { _ in bound.value.close(promise: nil) }
    }

    private static func message(_ error: HTTPParserError) -> String {
        if case .headerOverflow = error { return "the head of the request is too large" }
        return "this is not a request of HTTP/1.1"
    }

    /// What is wrong with a head that HTTP itself allows a parser to pass.
    private static func fault(of head: HTTPRequestHead) -> String? {
        guard head.version == .http1_1 || head.version == .http1_0 else { return "speak HTTP/1.1" }
        guard head.uri.hasPrefix("/") else { return "the request target must be a path" }
        // RFC 9112 section 3.2: exactly one Host field, or 400.
        guard head.headers["host"].count == 1 || head.version == .http1_0 && head.headers["host"].isEmpty else {
            return "send exactly one Host header"
        }
        return nil
    }
}
