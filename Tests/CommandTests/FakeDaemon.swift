import Foundation
import NIOCore
import NIOPosix
import NIOSSL

/// Stands where the daemon, or a server of key sets, would stand: takes one request and answers with given bytes.
struct FakeDaemon: Sendable {
    /// What happens after a request.
    enum Script: Sendable {
        /// These bytes, and then the end of the connection.
        case bytes(String)
        /// The end of the connection at once.
        case close
        /// Nothing at all.
        case silence

        static func answer(_ status: String, _ body: String, headers: String = "") -> Self {
            .bytes("HTTP/1.1 \(status)\r\nContent-Length: \(body.utf8.count)\r\n\(headers)\r\n\(body)")
        }
    }

    /// The head of each request that came.
    let requests: RequestLog
    let port: Int

    /// Serves on a Unix socket for the time of `body`.
    static func onSocket<Result>(
        _ script: Script,
        _ body: (String, FakeDaemon) async throws -> Result
    ) async throws -> Result {
        try await withScratchFolder { folder in
            let path = folder.appending(path: "s").path()
            return try await serving(script, { try await $0.bind(unixDomainSocketPath: path).get() }) { daemon in
                try await body(path, daemon)
            }
        }
    }

    /// Serves on a free port of the loopback address for the time of `body`.
    static func onPort<Result>(
        _ script: Script,
        tls: NIOSSLContext? = nil,
        _ body: (FakeDaemon) async throws -> Result
    ) async throws -> Result {
        try await serving(script, tls: tls, { try await $0.bind(host: "127.0.0.1", port: 0).get() }, body)
    }

    private static func serving<Result>(
        _ script: Script,
        tls: NIOSSLContext? = nil,
        _ bind: (ServerBootstrap) async throws -> any Channel,
        _ body: (FakeDaemon) async throws -> Result
    ) async throws -> Result {
        let requests = RequestLog()
        let bootstrap = ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls { try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls)) }
                    try channel.pipeline.syncOperations.addHandler(FakeDaemonHandler(script, requests))
                }
            }
        let channel = try await bind(bootstrap)
        let daemon = FakeDaemon(requests: requests, port: channel.localAddress?.port ?? 0)
        let result: Result
        do {
            result = try await body(daemon)
        } catch {
            try await channel.close()
            throw error
        }
        try await channel.close()
        return result
    }

    private init(requests: RequestLog, port: Int) {
        self.requests = requests
        self.port = port
    }
}

/// What came in, in order.
final class RequestLog: @unchecked Sendable {
    private let lock = NSLock()
    private var heads: [String] = []

    func add(_ head: String) { lock.withLock { heads.append(head) } }

    var all: [String] { lock.withLock { heads } }

    /// The first line of each request.
    var lines: [String] { all.map { String($0.prefix { $0 != "\r\n" }) } }
}

private final class FakeDaemonHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let script: FakeDaemon.Script
    private let requests: RequestLog
    private var received = ""

    init(_ script: FakeDaemon.Script, _ requests: RequestLog) {
        self.script = script
        self.requests = requests
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        received += String(buffer: unwrapInboundIn(data))
        guard received.hasSuffix("\r\n\r\n") else { return }
        requests.add(received)
        switch script {
        case .silence: break
        case .close: context.close(promise: nil)
        case .bytes(let text):
            let channel = context.channel
            context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)))
                .whenComplete { _ in channel.close(promise: nil) }
        }
    }
}
