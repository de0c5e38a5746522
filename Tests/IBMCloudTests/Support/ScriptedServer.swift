import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// A server on 127.0.0.1 that gives scripted bytes, request by request, and keeps what it received.
///
/// A request beyond the script is answered with 599, which no test expects.
final class ScriptedServer: Sendable {
    private let channel: any Channel
    private let script: ServerScript

    private init(_ channel: any Channel, _ script: ServerScript) {
        (self.channel, self.script) = (channel, script)
    }

    var port: Int { channel.localAddress?.port ?? 0 }
    var requests: [ReceivedRequest] { script.requests }

    /// Runs `body` with a server that gives `replies`, and closes it.
    static func run<Result>(
        _ replies: [Reply],
        tls: TLSConfiguration? = nil,
        _ body: (ScriptedServer) async throws -> Result
    ) async throws -> Result {
        let script = ServerScript(replies)
        let context = try tls.map { try NIOSSLContext(configuration: $0) }
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let context {
                        try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context))
                    }
                    try channel.pipeline.syncOperations.addHandler(ScriptHandler(script))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let server = ScriptedServer(channel, script)
        let result: Result
        do {
            result = try await body(server)
        } catch {
            try await channel.close()
            throw error
        }
        try await channel.close()
        return result
    }
}

/// What is left of the script, and what came in.
private final class ServerScript: Sendable {
    private struct State {
        var replies: ArraySlice<Reply>
        var requests: [ReceivedRequest] = []
    }

    private let state: Mutex<State>

    init(_ replies: [Reply]) {
        state = Mutex(State(replies: replies[...]))
    }

    var requests: [ReceivedRequest] { state.withLock { $0.requests } }

    func reply(to request: ReceivedRequest) -> Reply {
        state.withLock { state in
            state.requests.append(request)
            return state.replies.popFirst() ?? .json(599, "")
        }
    }
}

private final class ScriptHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let script: ServerScript
    private var received: [UInt8] = []

    init(_ script: ServerScript) {
        self.script = script
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        received += Array(unwrapInboundIn(data).readableBytesView)
        while let request = ReceivedRequest.take(from: &received) {
            act(script.reply(to: request), request, context)
        }
    }

    private func act(_ reply: Reply, _ request: ReceivedRequest, _ context: ChannelHandlerContext) {
        switch reply {
        case .raw(let text): write(text, context)
        case .rawThenClose(let text):
            write(text, context)
            context.close(promise: nil)
        case .silence: break
        case .close: context.close(promise: nil)
        case .drip(let text):
            write(text, context)
            let channel = context.channel
            let task = context.eventLoop.scheduleRepeatedTask(initialDelay: .zero, delay: .milliseconds(10)) { _ in
                channel.writeAndFlush(ByteBuffer(string: " "), promise: nil)
            }
            context.channel.closeFuture.whenComplete { _ in task.cancel() }
        case .computed(let make): act(make(request), request, context)
        }
    }

    private func write(_ text: String, _ context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // A client that refuses the certificate ends the handshake; what the client says is what the test looks at.
        context.close(promise: nil)
    }
}
