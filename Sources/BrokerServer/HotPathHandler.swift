internal import BrokerAPI
internal import NIOCore

/// Answers hot requests at once, passes everything else on to the strict pipeline, and keeps the clock.
///
/// The strict pipeline is built behind it when the first bytes are to be passed on: a connection that asks for nothing but its
/// token carries no more than this handler.
///
/// After something was passed on, hot requests go the same way until the pipeline behind has answered and is known to be
/// empty. Otherwise answers could overtake each other.
final class HotPathHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// What the handler behind the codec reports, on its way out.
    enum Progress: Sendable {
        /// The head of a request was read.
        case requestBegan
        /// A request was read whole; from now on it is our time that passes.
        case requestEnded
        case responseSent
    }

    private enum Phase: Equatable {
        /// Between requests, since then.
        case idle(NIODeadline)
        /// A request is arriving, since then.
        case receiving(NIODeadline)
        /// A request is being answered.
        case answering
    }

    /// Adds the handlers of the strict pipeline behind this one.
    typealias StrictPipeline = (ChannelHandlerContext) throws -> Void

    private let hot: HotAnswers?
    private let buildStrictPipeline: StrictPipeline
    private let limits: ConnectionLimits
    private let errors: ErrorShape
    private var phase: Phase = .idle(.distantFuture)
    /// The codec may hold bytes of a request: nothing may be answered in front of it any more.
    private var isBypassed = false
    /// What was passed on last was one whole request and nothing else.
    private var passedOneRequest = false
    private var hasStrictPipeline = false
    /// The head of the request that is arriving was read whole.
    private var isHeadRead = false
    private var isReadHeld = false
    /// The next answer is the last one.
    private var isQuiescing = false
    private var isCodecTold = false
    private var sweep: Scheduled<Void>?

    init(
        hot: HotAnswers?,
        limits: ConnectionLimits,
        errors: ErrorShape = .broker,
        strictPipeline: @escaping StrictPipeline
    ) {
        self.hot = hot
        buildStrictPipeline = strictPipeline
        (self.limits, self.errors) = (limits, errors)
    }

    // MARK: Inbound

    func channelActive(context: ChannelHandlerContext) {
        let now = context.eventLoop.now
        // Where heads have a limit of their own, so does the silence before the first one.
        phase = limits.head == nil ? .idle(now) : .receiving(now)
        scheduleSweep(context)
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        sweep?.cancel()
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = unwrapInboundIn(data)
        // The last answer of a connection says so, which prepared ones do not.
        if case .idle = phase, !isBypassed, !isQuiescing, let hot {
            switch hot.answer(bytes) {
            case .response(let response):
                phase = .idle(context.eventLoop.now)
                context.write(wrapOutboundOut(response), promise: nil)
                return
            case .tokenRequest:
                passedOneRequest = true
            case .unrecognised:
                passedOneRequest = false
            }
        } else {
            passedOneRequest = false
        }
        isBypassed = true
        if case .idle = phase { phase = .receiving(context.eventLoop.now) }
        guard hasStrictPipeline || addStrictPipeline(context) else { return }
        context.fireChannelRead(data)
    }

    private func addStrictPipeline(_ context: ChannelHandlerContext) -> Bool {
        do {
            try buildStrictPipeline(context)
            hasStrictPipeline = true
        } catch {
            // Nothing could read the request, so nobody is served.
            context.close(promise: nil)
        }
        return hasStrictPipeline
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        context.flush()
        context.fireChannelReadComplete()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable, isReadHeld {
            isReadHeld = false
            context.read()
        }
        context.fireChannelWritabilityChanged()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case is ConnectionDrain.EndEvent: end(context)
        case is ChannelShouldQuiesceEvent: quiesce(context)
        default: context.fireUserInboundEventTriggered(event)
        }
    }

    /// The next answer is the last one.
    ///
    /// A request that is arriving, or is still to come, is read and answered; the codec learns of the end when it is complete.
    private func end(_ context: ChannelHandlerContext) {
        isQuiescing = true
        if case .answering = phase { tellCodec(context) }
    }

    /// The answer under way is the last one.
    private func tellCodec(_ context: ChannelHandlerContext) {
        guard !isCodecTold else { return }
        isCodecTold = true
        context.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
    }

    /// The same, but for a request that is still to come only a client has time that has just connected.
    private func quiesce(_ context: ChannelHandlerContext) {
        end(context)
        guard case .idle(let since) = phase else { return }
        let now = context.eventLoop.now
        let deadline = min(since, now) + Self.firstRequest
        guard deadline > now else {
            context.close(promise: nil)
            return
        }
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        context.eventLoop.scheduleTask(deadline: deadline) {
            let (handler, context) = bound.value
            if case .idle = handler.phase { context.close(promise: nil) }
        }
    }

    private static let firstRequest: TimeAmount = .seconds(1)

    // MARK: Outbound

    /// A client that does not take its answers is not read from: what is kept for it stays bounded.
    func read(context: ChannelHandlerContext) {
        if context.channel.isWritable {
            context.read()
        } else {
            isReadHeld = true
        }
    }

    func triggerUserOutboundEvent(context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?) {
        guard let progress = event as? Progress else {
            context.triggerUserOutboundEvent(event, promise: promise)
            return
        }
        promise?.succeed()
        switch progress {
        case .requestBegan:
            if case .idle = phase { phase = .receiving(context.eventLoop.now) }
            isHeadRead = true
        case .requestEnded:
            phase = .answering
            if isQuiescing { tellCodec(context) }
        case .responseSent:
            phase = .idle(context.eventLoop.now)
            isHeadRead = false
            isBypassed = !passedOneRequest
        }
    }

    // MARK: Time

    private func scheduleSweep(_ context: ChannelHandlerContext) {
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        sweep = context.eventLoop.scheduleTask(in: limits.sweep) {
            let (handler, context) = bound.value
            handler.enforceLimits(context)
        }
    }

    private func enforceLimits(_ context: ChannelHandlerContext) {
        let now = context.eventLoop.now
        switch phase {
        case .receiving(let since) where now - since >= (isHeadRead ? limits.request : limits.head ?? limits.request):
            let limit = isHeadRead ? limits.request : limits.head ?? limits.request
            let seconds = limit.nanoseconds / 1_000_000_000
            context.write(wrapOutboundOut(farewell(seconds: seconds)), promise: nil)
            context.flush()
            context.close(promise: nil)
        case .idle(let since) where now - since >= limits.idle:
            context.close(promise: nil)
        case .receiving, .idle, .answering:
            scheduleSweep(context)
        }
    }

    private func farewell(seconds: Int64) -> ByteBuffer {
        let message = "the request did not arrive within \(seconds) seconds"
        return .closing(errors.response(.requestTimeout, message), reason: "Request Timeout")
    }
}

extension ByteBuffer {
    /// A response after which the connection is closed, for when no codec is in place.
    static func closing(_ response: Response, reason: String) -> ByteBuffer {
        var bytes = ByteBuffer(string: "HTTP/1.1 \(response.status) \(reason)\r\nConnection: close\r\n")
        for (name, value) in response.headers { bytes.writeString("\(name): \(value)\r\n") }
        bytes.writeString("\r\n")
        bytes.writeBytes(response.body)
        return bytes
    }
}
