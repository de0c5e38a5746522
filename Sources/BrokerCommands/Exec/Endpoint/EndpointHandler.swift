internal import NIOCore
internal import NIOHTTP1

/// Reads requests of one connection, one after the other, within limits of size and time.
final class EndpointHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    /// Bytes of the target and of all names and values of a head.
    private static let headLimit = 8 * 1_024
    private static let bodyLimit = 16 * 1_024
    /// From the beginning of the connection to the end of the first head.
    private static let firstHeadTime = TimeAmount.seconds(2)
    /// From a head to the end of its body.
    private static let bodyTime = TimeAmount.seconds(10)
    /// Between requests, and for taking in an answer.
    private static let idleTime = TimeAmount.seconds(30)

    private let relay: EndpointRelay
    private let gate: ConnectionGate
    private var head: HTTPRequestHead?
    private var body: [UInt8] = []
    /// What is answered in place of a request that is too large, whose rest is not kept.
    private var excess: EndpointAnswer?
    private var timer: Scheduled<Void>?

    init(_ relay: EndpointRelay, _ gate: ConnectionGate) {
        (self.relay, self.gate) = (relay, gate)
    }

    func handlerAdded(context: ChannelHandlerContext) { limitTime(Self.firstHeadTime, context) }

    func handlerRemoved(context: ChannelHandlerContext) { timer?.cancel() }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            let size = head.headers.reduce(head.uri.utf8.count) { $0 + $1.name.utf8.count + $1.value.utf8.count }
            (self.head, body, excess) = (head, [], size <= Self.headLimit ? nil : .headTooLarge)
            limitTime(Self.bodyTime, context)
        case .body(let part):
            if part.readableBytes > Self.bodyLimit - body.count { excess = excess ?? .tooLarge }
            if excess == nil { body.append(contentsOf: part.readableBytesView) }
        case .end:
            guard let head else { return context.close(promise: nil) }
            self.head = nil
            // Said only now: a client that still sends would not read it.
            if let excess { return send(excess, isLast: true, context) }
            answer(head, context)
        }
    }

    private func answer(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        let request: EndpointRequest
        do throws(EndpointRequest.Refusal) {
            request = try relay.request(head)
        } catch {
            if error != .stranger { gate.know(context.channel) }
            return send(EndpointAnswer(error), isLast: error == .stranger || !head.isKeepAlive, context)
        }
        gate.know(context.channel)
        // The exchange limits its own time.
        timer?.cancel()
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        relay.answer(to: request, body: body, on: context.eventLoop)
            .whenSuccess { answer in
                let (handler, context) = bound.value
                handler.send(answer, isLast: !head.isKeepAlive, context)
            }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    private func send(_ answer: EndpointAnswer, isLast: Bool, _ context: ChannelHandlerContext) {
        var headers = answer.headers
        if isLast { headers.add(name: "Connection", value: "close") }
        let head = HTTPResponseHead(version: .http1_1, status: answer.status, headers: headers)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: answer.body)))), promise: nil)
        limitTime(Self.idleTime, context)
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        context.writeAndFlush(wrapOutboundOut(.end(nil)))
            .whenComplete { _ in if isLast { bound.value.close(promise: nil) } }
    }

    private func limitTime(_ time: TimeAmount, _ context: ChannelHandlerContext) {
        timer?.cancel()
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        timer = context.eventLoop.scheduleTask(in: time) { bound.value.close(promise: nil) }
    }
}
