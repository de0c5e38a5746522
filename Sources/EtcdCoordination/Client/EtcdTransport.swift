internal import AsyncHTTPClient
internal import JOSE
internal import NIOCore
internal import NIOHTTP1
internal import NIOSSL

/// Sends one request to one member and reads what comes back, within a time and a size.
///
/// Redirects are not followed and no proxy is used: a password goes to a member and nowhere else. Nothing is tried twice.
struct EtcdTransport: Sendable {
    struct Request: Sendable {
        let url: String
        let token: Redacted<String>?
        let body: [UInt8]
    }

    struct Answer: Sendable {
        let status: Int
        let body: [UInt8]
    }

    /// A watch has its connection for as long as it lasts; calls must not wait for one of those.
    private let calls: HTTPClient
    private let watches: HTTPClient

    /// How many calls one member has from here at once.
    private static let callLimit = 64
    /// How many watches one member has from here at once; what is beyond waits, and its callers read instead.
    private static let watchLimit = 1_024

    /// The owner calls ``shutdown()``.
    init(connect: Duration, tls: TLSConfiguration, eventLoopGroup: any EventLoopGroup) {
        var configuration = HTTPClient.Configuration(
            tlsConfiguration: tls,
            redirectConfiguration: .disallow,
            timeout: .init(connect: TimeAmount(connect)),
            connectionPool: .init(idleTimeout: .seconds(30)),
            proxy: nil,
            decompression: .disabled
        )
        configuration.httpVersion = .http1Only
        // Otherwise a refused connection is tried again until the deadline, while another member would answer.
        configuration.connectionPool.retryConnectionEstablishment = false
        // A member that answers slowly holds up the calls of all plans; the one that keeps the lease must not wait behind them.
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = Self.callLimit
        calls = HTTPClient(eventLoopGroup: eventLoopGroup, configuration: configuration)
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = Self.watchLimit
        watches = HTTPClient(eventLoopGroup: eventLoopGroup, configuration: configuration)
    }

    func shutdown() async throws {
        // The second is closed even when closing the first fails.
        async let calls: Void = calls.shutdown()
        async let watches: Void = watches.shutdown()
        try await calls
        try await watches
    }

    /// Sends `request` once and reads an answer of at most `limit` bytes.
    func send(_ request: Request, within time: Duration, limit: Int) async throws(CallFailure) -> Answer {
        try await race(against: time, limit: limit) {
            let response = try await calls.execute(request.clientRequest, timeout: TimeAmount(time))
            let body = try await response.body.collect(upTo: limit)
            return Answer(status: Int(response.status.code), body: Array(body.readableBytesView))
        }
    }

    /// Reads the lines of an answer that goes on, until `read` makes something of one.
    func firstLine<Value: Sendable>(
        _ request: Request,
        within time: Duration,
        limit: Int,
        read: @escaping @Sendable ([UInt8]) -> Value?
    ) async throws(CallFailure) -> Value {
        try await race(against: time, limit: limit) {
            let response = try await watches.execute(request.clientRequest, timeout: TimeAmount(time))
            guard response.status == .ok else { throw CallFailure.notSent("HTTP status \(response.status.code)") }
            var line: [UInt8] = []
            for try await part in response.body {
                for byte in part.readableBytesView {
                    guard byte == UInt8(ascii: "\n") else {
                        line.append(byte)
                        guard line.count <= limit else { throw CallFailure.tooLarge(limit: limit) }
                        continue
                    }
                    if let value = read(line) { return value }
                    line.removeAll(keepingCapacity: true)
                }
            }
            throw CallFailure.broken("the watch ended")
        }
    }

    private func race<Value: Sendable>(
        against time: Duration,
        limit: Int,
        _ body: @escaping @Sendable () async throws -> Value
    ) async throws(CallFailure) -> Value {
        do {
            return try await withThrowingTaskGroup(of: Value?.self) { group in
                // AsyncHTTPClient's own deadline ends with the head, so the body needs this one.
                group.addTask {
                    try await Task.sleep(for: time)
                    return nil
                }
                group.addTask { try await body() }
                defer { group.cancelAll() }
                guard let first = try await group.next(), let value = first else {
                    throw CallFailure.late
                }
                return value
            }
        } catch {
            throw CallFailure(error, limit: limit)
        }
    }
}

extension EtcdTransport.Request {
    fileprivate var clientRequest: HTTPClientRequest {
        var request = HTTPClientRequest(url: url)
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/json")
        if let token { request.headers.add(name: "Authorization", value: token.exposed) }
        request.body = .bytes(ByteBuffer(bytes: body))
        return request
    }
}
