import NIOCore
import NIOEmbedded
import Synchronization
import Testing

@testable import BrokerServer

struct TimeLimitTests {
    /// 10 s for a request, 120 s between requests.
    private let limits = ConnectionLimits()

    @Test func aRequestThatComesOneByteASecondIsCutAtTheLimit() throws {
        let channel = try connected()
        for _ in 0..<9 {
            try channel.writeInbound(ByteBuffer(string: "G"))
            channel.embeddedEventLoop.advanceTime(by: .seconds(1))
            #expect(channel.isActive)
        }
        // Limits are looked at every quarter of the shorter one.
        channel.embeddedEventLoop.advanceTime(by: .milliseconds(999))
        #expect(channel.isActive)
        channel.embeddedEventLoop.advanceTime(by: .milliseconds(2_501))
        var bytes = Array(try #require(try channel.readOutbound(as: ByteBuffer.self)).readableBytesView)
        let answer = try #require(WireAnswer.take(from: &bytes))
        #expect(answer.status == 408)
        #expect(answer["Connection"] == ["close"])
        #expect(
            answer.body
                == #"{"error":{"code":"request_timeout","message":"the request did not arrive within 10 seconds"}}"#
        )
        #expect(!channel.isActive)
    }

    @Test func aHeadOverTCPHasTwoSeconds() throws {
        let channel = try connected(limits.overTCP)
        for _ in 0..<19 {
            try channel.writeInbound(ByteBuffer(string: "G"))
            channel.embeddedEventLoop.advanceTime(by: .milliseconds(100))
        }
        #expect(channel.isActive)
        // Limits are looked at every quarter of the shortest one.
        channel.embeddedEventLoop.advanceTime(by: .milliseconds(600))
        #expect(!channel.isActive)
    }

    @Test func aSilentConnectionOverTCPHasTwoSecondsToo() throws {
        let channel = try connected(limits.overTCP)
        channel.embeddedEventLoop.advanceTime(by: .milliseconds(1_999))
        #expect(channel.isActive)
        channel.embeddedEventLoop.advanceTime(by: .milliseconds(501))
        #expect(!channel.isActive)
    }

    @Test func aBodyOverTCPHasTenSeconds() throws {
        let channel = try connected(limits.overTCP)
        try channel.writeInbound(ByteBuffer(string: request("POST", "/identity/token", ["Content-Length: 2"]) + "a"))
        progress(.requestBegan, channel)
        channel.embeddedEventLoop.advanceTime(by: .milliseconds(9_999))
        #expect(channel.isActive)
        channel.embeddedEventLoop.advanceTime(by: .milliseconds(501))
        #expect(!channel.isActive)
    }

    @Test func anIdleConnectionIsClosedWithoutAWord() throws {
        let channel = try connected()
        channel.embeddedEventLoop.advanceTime(by: .milliseconds(119_999))
        #expect(channel.isActive)
        channel.embeddedEventLoop.advanceTime(by: .milliseconds(2_501))
        #expect(!channel.isActive)
        #expect(try channel.readOutbound(as: ByteBuffer.self) == nil)
    }

    @Test func aRequestThatIsBeingAnsweredIsNotCut() throws {
        let channel = try connected()
        try channel.writeInbound(ByteBuffer(string: get("/v1/profiles")))
        progress(.requestBegan, channel)
        progress(.requestEnded, channel)
        channel.embeddedEventLoop.advanceTime(by: .hours(1))
        #expect(channel.isActive)
        progress(.responseSent, channel)
        channel.embeddedEventLoop.advanceTime(by: .milliseconds(119_999))
        #expect(channel.isActive)
        channel.embeddedEventLoop.advanceTime(by: .milliseconds(2_501))
        #expect(!channel.isActive)
    }

    @Test(.timeLimit(.minutes(1))) func aRequestBehindAnotherIsNotCutEitherWhileItIsBeingAnswered() async throws {
        let (first, second) = (Gate(), Gate())
        let pipeline = try await TestPipeline(World(), limits: limits) { request in
            await (request.path == "/first" ? first : second).pass()
            return Response(body: Array(request.path.utf8))
        }
        try await pipeline.receive(get("/first") + get("/second"))
        await first.arrival()
        first.open()
        #expect(try await pipeline.answer().body == "/first")
        await second.arrival()
        await pipeline.channel.testingEventLoop.advanceTime(by: .seconds(600))
        #expect(pipeline.channel.isActive)
        second.open()
        #expect(try await pipeline.answer().body == "/second")
        await pipeline.channel.testingEventLoop.advanceTime(by: .seconds(123))
        #expect(!pipeline.channel.isActive)
    }

    @Test func aClientThatTakesNoAnswersIsNotReadFromUntilItDoes() throws {
        let reads = ReadCounter()
        let channel = EmbeddedChannel(handlers: [
            reads, HotPathHandler(hot: nil, limits: limits, strictPipeline: { _ in }),
        ])
        try channel.connect(to: SocketAddress(unixDomainSocketPath: "/tmp/none")).wait()
        let before = reads.count
        channel.read()
        #expect(reads.count == before + 1)
        channel.isWritable = false
        channel.pipeline.fireChannelWritabilityChanged()
        channel.read()
        channel.read()
        #expect(reads.count == before + 1)
        channel.isWritable = true
        channel.pipeline.fireChannelWritabilityChanged()
        #expect(reads.count == before + 2)
        channel.pipeline.fireChannelWritabilityChanged()
        #expect(reads.count == before + 2)
    }

    private func connected(_ limits: ConnectionLimits? = nil) throws -> EmbeddedChannel {
        let limits = limits ?? self.limits
        let channel = EmbeddedChannel(handler: HotPathHandler(hot: nil, limits: limits, strictPipeline: { _ in }))
        try channel.connect(to: SocketAddress(unixDomainSocketPath: "/tmp/none")).wait()
        return channel
    }

    private func progress(_ progress: HotPathHandler.Progress, _ channel: EmbeddedChannel) {
        channel.triggerUserOutboundEvent(progress, promise: nil)
    }
}

/// Counts the reads that reach the socket.
private final class ReadCounter: ChannelOutboundHandler {
    typealias OutboundIn = ByteBuffer

    private(set) var count = 0

    func read(context: ChannelHandlerContext) {
        count += 1
        context.read()
    }
}

/// Holds one answer until a test opens it.
private final class Gate: Sendable {
    private struct Protected {
        var isOpen = false
        var hasArrived = false
        var passing: CheckedContinuation<Void, Never>?
        var watcher: CheckedContinuation<Void, Never>?
    }

    private let protected = Mutex(Protected())

    func pass() async {
        await withCheckedContinuation { continuation in
            let (isOpen, watcher) = protected.withLock { protected in
                protected.hasArrived = true
                if !protected.isOpen { protected.passing = continuation }
                defer { protected.watcher = nil }
                return (protected.isOpen, protected.watcher)
            }
            watcher?.resume()
            if isOpen { continuation.resume() }
        }
    }

    func arrival() async {
        await withCheckedContinuation { continuation in
            let isThere = protected.withLock { protected in
                if !protected.hasArrived { protected.watcher = continuation }
                return protected.hasArrived
            }
            if isThere { continuation.resume() }
        }
    }

    func open() {
        let passing = protected.withLock { protected in
            protected.isOpen = true
            defer { protected.passing = nil }
            return protected.passing
        }
        passing?.resume()
    }
}
