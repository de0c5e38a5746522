internal import NIOCore
internal import NIOHTTP1
internal import TokenBroker
internal import WorkloadAttestation

/// What connections are made of that speak HTTP.
struct HTTPPipeline: Sendable {
    let limits: ConnectionLimits
    /// In whose words clients are refused.
    let errors: ErrorShape
    let routes: @Sendable (Request, any Peer) async -> Response
    let refusal: @Sendable (AttestationError, any Peer) -> Response
    /// Opens a span for each request.
    var spans = SpanSource.none
    var hot: (@Sendable (any Peer) -> HotAnswers)?

    /// Adds the handlers to a connection from `peer`, which could be attested or not.
    func build(_ channel: any Channel, _ peer: any Peer, _ attested: Result<Void, AttestationError>) throws {
        let pipeline = channel.pipeline.syncOperations
        if case .failure(let error) = attested {
            try pipeline.addHandler(RefusalHandler(refusal(error, peer), lingers: errors == .metadataService))
            return
        }
        try pipeline.addHandler(
            HotPathHandler(
                hot: hot?(peer),
                limits: limits,
                errors: errors,
                strictPipeline: { [limits, errors, routes, spans] context in
                    try Self.addStrictPipeline(context, limits, errors: errors, spans: spans) { await routes($0, peer) }
                }
            )
        )
    }

    /// NIO's codec with our limits, and the handler that asks the routes, and tells what cannot be read.
    static func addStrictPipeline(
        _ context: ChannelHandlerContext,
        _ limits: ConnectionLimits = .init(),
        errors: ErrorShape = .broker,
        spans: SpanSource = .none,
        _ routes: @escaping RequestHandler.Routes
    ) throws {
        var parsing = NIOHTTPDecoderLimitConfiguration()
        parsing.maxHeaderFieldSize = min(maximumFieldSize, limits.headSize)
        parsing.maxHeaderListSize = limits.headSize
        parsing.maxHeaderFieldCount = maximumFieldCount
        let decoder = ByteToMessageHandler(
            HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes, limitConfiguration: parsing),
            maximumBufferSize: limits.headSize + maximumPunctuation
        )
        // As `configureHTTPServerPipeline` has them, which leaves the decoder's buffer without a limit.
        try context.pipeline.syncOperations.addHandlers(
            HTTPResponseEncoder(),
            decoder,
            OverlongHeadHandler(),
            HTTPServerPipelineHandler(),
            NIOHTTPResponseHeadersValidator(),
            RequestHandler(routes: routes, maximumBodySize: limits.bodySize, errors: errors, spans: spans)
        )
    }

    /// Limits of one field of a request's head, in bytes, and of their number.
    private static let maximumFieldSize = 8 * 1_024
    private static let maximumFieldCount = 100
    /// Bytes of a head that belong to no name and no value: its method and version, and some separators for each field.
    private static let maximumPunctuation = 1_024
}
