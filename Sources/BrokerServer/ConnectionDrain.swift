internal import NIOCore
internal import Synchronization

/// The connections of one listener, and how they come to their end when it stops.
///
/// First they *end*: each answers what arrives, and is closed behind an answer, which says so. New ones are accepted and are
/// told the same. A client that is just sending on a connection which was idle a moment ago gets its answer. Then the listener
/// accepts no more, and they are *closed*: those that are answering after the answer, those that are idle at once.
final class ConnectionDrain: Sendable {
    /// Sent to connections that end.
    struct EndEvent: Sendable {}

    private enum Phase {
        case serving, ending, closing
    }

    private struct Protected {
        var phase = Phase.serving
        var open: [ObjectIdentifier: any Channel] = [:]
        /// Those whose end is waited for, and who waits.
        var awaited: Set<ObjectIdentifier> = []
        var waiter: EventLoopPromise<Void>?
    }

    private let protected = Mutex(Protected())

    /// The handler of the listening channel that takes note of what it accepts.
    func makeHandler() -> any ChannelHandler & Sendable { Collector(drain: self) }

    /// The handlers of a connection are in place: what it missed until then it is told now.
    func built(_ channel: any Channel) {
        let phase = protected.withLock { $0.phase }
        if phase != .serving { Self.tell(channel, phase) }
    }

    /// Has all connections end.
    ///
    /// - Returns: a future that succeeds when those are gone that are open now.
    func end(on eventLoop: any EventLoop) -> EventLoopFuture<Void> { begin(.ending, on: eventLoop) }

    /// Has all connections close; no others are accepted any more.
    ///
    /// - Returns: a future that succeeds when all are gone.
    func close(on eventLoop: any EventLoop) -> EventLoopFuture<Void> { begin(.closing, on: eventLoop) }

    private func begin(_ phase: Phase, on eventLoop: any EventLoop) -> EventLoopFuture<Void> {
        let waiter = eventLoop.makePromise(of: Void.self)
        let (open, former) = protected.withLock { protected in
            defer {
                protected.phase = phase
                protected.awaited = Set(protected.open.keys)
                protected.waiter = protected.open.isEmpty ? nil : waiter
            }
            return (protected.open, protected.waiter)
        }
        // Nobody waits for it any more, and no promise may be forgotten.
        former?.succeed()
        if open.isEmpty { waiter.succeed() }
        for channel in open.values { Self.tell(channel, phase) }
        return waiter.futureResult
    }

    private static func tell(_ channel: any Channel, _ phase: Phase) {
        channel.eventLoop.execute {
            channel.pipeline.fireUserInboundEventTriggered(EndEvent())
            if phase == .closing { channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent()) }
        }
    }

    fileprivate func accepted(_ channel: any Channel) {
        let id = ObjectIdentifier(channel)
        protected.withLock { $0.open[id] = channel }
        channel.closeFuture.whenComplete { [self] _ in gone(id) }
    }

    private func gone(_ id: ObjectIdentifier) {
        let waiter = protected.withLock { protected -> EventLoopPromise<Void>? in
            protected.open[id] = nil
            guard protected.awaited.remove(id) != nil, protected.awaited.isEmpty else { return nil }
            defer { protected.waiter = nil }
            return protected.waiter
        }
        waiter?.succeed()
    }
}

/// In the same turn of the event loop in which a connection was accepted it is known.
private final class Collector: ChannelInboundHandler, Sendable {
    typealias InboundIn = any Channel

    private let drain: ConnectionDrain

    init(drain: ConnectionDrain) {
        self.drain = drain
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        drain.accepted(unwrapInboundIn(data))
        context.fireChannelRead(data)
    }
}
