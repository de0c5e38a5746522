import Foundation
import NIOCore
import NIOPosix

/// An HTTP server that answers each request as a closure says, and keeps what came.
struct ScriptedServer: Sendable {
    struct Request: Sendable {
        /// Method, target and version.
        var line: String
        /// The fields, with the names in lower case.
        var fields: [String: String]
        var body: String

        var target: String { line.split(separator: " ").dropFirst().first.map(String.init) ?? "" }
        var path: String { String(target.prefix { $0 != "?" }) }
    }

    typealias Answers = @Sendable (Request) -> FakeDaemon.Script

    private let log: Log
    let port: Int

    var requests: [Request] { log.all }
    var lines: [String] { requests.map(\.line) }

    /// Serves on a Unix socket for the time of `body`.
    static func onSocket<Result>(
        _ answers: @escaping Answers,
        _ body: (String, ScriptedServer) async throws -> Result
    ) async throws -> Result {
        try await withScratchFolder { folder in
            let path = folder.appending(path: "s").path()
            return try await serving(answers, { try await $0.bind(unixDomainSocketPath: path).get() }) { server in
                try await body(path, server)
            }
        }
    }

    /// Serves on a free port of the loopback address for the time of `body`.
    static func onPort<Result>(
        _ answers: @escaping Answers,
        _ body: (ScriptedServer) async throws -> Result
    ) async throws -> Result {
        try await serving(answers, { try await $0.bind(host: "127.0.0.1", port: 0).get() }, body)
    }

    private static func serving<Result>(
        _ answers: @escaping Answers,
        _ bind: (ServerBootstrap) async throws -> any Channel,
        _ body: (ScriptedServer) async throws -> Result
    ) async throws -> Result {
        let log = Log()
        let bootstrap = ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Handler(answers, log))
                }
            }
        let channel = try await bind(bootstrap)
        let result: Result
        do {
            result = try await body(ScriptedServer(log: log, port: channel.localAddress?.port ?? 0))
        } catch {
            try await channel.close()
            throw error
        }
        try await channel.close()
        return result
    }

    private init(log: Log, port: Int) {
        (self.log, self.port) = (log, port)
    }

    /// `@unchecked Sendable`: the lock guards the only state.
    private final class Log: @unchecked Sendable {
        private let lock = NSLock()
        private var requests: [Request] = []

        func add(_ request: Request) { lock.withLock { requests.append(request) } }
        var all: [Request] { lock.withLock { requests } }
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private let answers: Answers
        private let log: Log
        private var received = ""

        init(_ answers: @escaping Answers, _ log: Log) {
            (self.answers, self.log) = (answers, log)
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            received += String(buffer: unwrapInboundIn(data))
            guard let request = Self.request(received) else { return }
            log.add(request)
            switch answers(request) {
            case .silence: break
            case .close: context.close(promise: nil)
            case .bytes(let text):
                let channel = context.channel
                context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)))
                    .whenComplete { _ in channel.close(promise: nil) }
            }
        }

        /// The request, once it is whole.
        private static func request(_ text: String) -> Request? {
            guard let end = text.firstRange(of: "\r\n\r\n") else { return nil }
            let lines = text[..<end.lowerBound].split(separator: "\r\n").map(String.init)
            var fields: [String: String] = [:]
            for line in lines.dropFirst() {
                let name = line.prefix { $0 != ":" }
                fields[name.lowercased()] = line.dropFirst(name.count + 1).trimmingCharacters(in: .whitespaces)
            }
            let body = String(text[end.upperBound...])
            guard body.utf8.count >= Int(fields["content-length"] ?? "0") ?? 0 else { return nil }
            return Request(line: lines.first ?? "", fields: fields, body: body)
        }
    }
}
