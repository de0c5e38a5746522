internal import NIOCore
internal import NIOHTTP1

/// Gets the daemon's answers for a private endpoint.
struct EndpointRelay: Sendable {
    let secret: EndpointSecret
    let profile: String
    let port: Int
    let client: BrokerClient

    /// Bytes of the daemon's answer at most: what it allows a metadata document, and a little more.
    private static let answerLimit = (4 << 20) + 65_536

    func request(_ head: HTTPRequestHead) throws(EndpointRequest.Refusal) -> EndpointRequest {
        try EndpointRequest(head, secret, profile: profile, port: port)
    }

    /// Asks the daemon; the future never fails.
    func answer(
        to request: EndpointRequest,
        body: [UInt8],
        on eventLoop: any EventLoop
    ) -> EventLoopFuture<EndpointAnswer> {
        var exchange = HTTPExchange(
            endpoint: .unixSocket(path: client.socket),
            method: request.method,
            target: request.target,
            host: "localhost",
            bodyLimit: Self.answerLimit,
            deadline: client.deadline
        )
        exchange.headers = request.headers
        exchange.body = body.isEmpty ? nil : body
        return exchange.start(on: eventLoop).map { EndpointAnswer($0) }
            .recover { .unavailable(HTTPExchangeError($0)) }
    }
}
