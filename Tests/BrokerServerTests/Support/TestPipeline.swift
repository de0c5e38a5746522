import AccessPolicy
import NIOCore
import NIOEmbedded
import NIOHTTP1
import TokenBroker

@testable import BrokerServer

/// The pipeline of a connection without a socket: a test decides what each read brings, and what time it is.
struct TestPipeline {
    let channel: NIOAsyncTestingChannel

    // Without `routes` those for workloads answer.
    init(
        _ world: World,
        limits: ConnectionLimits = .init(),
        peer: ScriptedPeer? = nil,
        routes: (@Sendable (Request) async -> Response)? = nil
    ) async throws {
        let (broker, gate, peer) = (world.broker, world.gate, peer ?? ScriptedPeer(world.workload))
        let standard = WorkloadRoutes(broker: broker, gate: gate, emulation: world.emulation)
        channel = try await NIOAsyncTestingChannel { channel in
            let pipeline = channel.pipeline.syncOperations
            let hot = routes == nil ? HotAnswers(broker: broker, gate: gate, peer: peer) : nil
            try pipeline.addHandler(
                HotPathHandler(hot: hot, limits: limits) { context in
                    try HTTPPipeline.addStrictPipeline(
                        context,
                        limits,
                        routes ?? { await standard.respond(to: $0, from: peer) }
                    )
                }
            )
        }
        try await channel.connect(to: SocketAddress(unixDomainSocketPath: "/tmp/none")).get()
    }

    /// One read of the socket.
    func receive(_ bytes: String) async throws { try await channel.writeInbound(ByteBuffer(string: bytes)) }

    /// Waits for the next whole response.
    func answer() async throws -> WireAnswer {
        var bytes: [UInt8] = []
        while true {
            let part = try await channel.waitForOutboundWrite(as: ByteBuffer.self)
            bytes += Array(part.readableBytesView)
            if let answer = WireAnswer.take(from: &bytes) { return answer }
        }
    }
}
