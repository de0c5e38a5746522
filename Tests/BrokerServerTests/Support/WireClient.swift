import NIOCore
import NIOPosix
import Synchronization

/// A client that sends exact bytes and waits for what comes back.
final class WireClient: Sendable {
    private let channel: any Channel
    private let inbox: WireInbox

    private init(channel: any Channel, inbox: WireInbox) {
        (self.channel, self.inbox) = (channel, inbox)
    }

    static func connect(to path: String, on group: MultiThreadedEventLoopGroup) async throws -> WireClient {
        try await connect(on: group) { $0.connect(unixDomainSocketPath: path) }
    }

    /// Over TCP, to this machine.
    static func connect(toPort port: Int, on group: MultiThreadedEventLoopGroup) async throws -> WireClient {
        try await connect(on: group) { $0.connect(host: "127.0.0.1", port: port) }
    }

    private static func connect(
        on group: MultiThreadedEventLoopGroup,
        _ connect: (ClientBootstrap) -> EventLoopFuture<any Channel>
    ) async throws -> WireClient {
        let inbox = WireInbox()
        let bootstrap = ClientBootstrap(group: group)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(WireReader(inbox))
                }
            }
        return WireClient(channel: try await connect(bootstrap).get(), inbox: inbox)
    }

    /// Sends `text`.
    ///
    /// A server that has closed its end is noticed by whoever waits for the answer.
    func send(_ text: String) {
        channel.writeAndFlush(ByteBuffer(string: text), promise: nil)
    }

    /// Sends `text` and waits until the kernel has taken it.
    ///
    /// - Returns: whether it did; `false` when the server has closed the connection.
    func sent(_ text: String) async -> Bool {
        do {
            try await channel.writeAndFlush(ByteBuffer(string: text)).get()
            return true
        } catch {
            return false
        }
    }

    /// Waits for the next whole response.
    func answer(toHead: Bool = false) async throws -> WireAnswer {
        while true {
            if let answer = inbox.take(isHead: toHead) { return answer }
            guard try await inbox.next(on: channel.eventLoop) else {
                // The last bytes may have come with the end.
                if let answer = inbox.take(isHead: toHead) { return answer }
                throw WireError(description: "the connection ended without a whole response")
            }
        }
    }

    /// All bytes that come until the server closes.
    func everything() async throws -> [UInt8] {
        while try await inbox.next(on: channel.eventLoop) {}
        return inbox.rest
    }

    func answers(_ count: Int) async throws -> [WireAnswer] {
        var answers: [WireAnswer] = []
        while answers.count < count { answers.append(try await answer()) }
        return answers
    }

    /// Waits until the server closes the connection.
    ///
    /// - Returns: the bytes that nobody took.
    func end() async throws -> String {
        while try await inbox.next(on: channel.eventLoop) {}
        return String(decoding: inbox.rest, as: UTF8.self)
    }

    func close() async {
        channel.close(promise: nil)
        _ = try? await channel.closeFuture.get()
    }
}

/// What a test's client met instead of what it waited for.
struct WireError: Error, CustomStringConvertible {
    let description: String
}

/// Passes bytes and the end of the connection to the inbox.
private final class WireReader: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let inbox: WireInbox

    init(_ inbox: WireInbox) {
        self.inbox = inbox
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        inbox.append(Array(unwrapInboundIn(data).readableBytesView))
    }

    func channelInactive(context: ChannelHandlerContext) { inbox.finish() }

    /// A reset comes when the server closed before it read everything; the end of the channel follows.
    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
