internal import AsyncHTTPClient
internal import FoundationEssentials
internal import JOSE
package import NIOCore
internal import Synchronization
package import TokenBroker

/// Calls an etcd cluster through the JSON gateway of its members (etcd 3.4 and later, `/v3/`).
///
/// Each call has a deadline. When a member fails the next one is asked, each once, but a transaction that may have been carried out is not sent
/// again. Its owner calls ``shutdown()`` at the end.
package final class EtcdClient: Sendable {
    /// What a call may do when nobody knows whether it was carried out.
    enum Nature {
        /// It comes to the same when it is carried out twice.
        case repeatable
        case once
    }

    let configuration: EtcdConfiguration
    let time: any TimeSource
    let transport: EtcdTransport
    let marks = RevisionMarks()
    private let login: EtcdLogin?
    /// The place of the member that answered last.
    private let preferred: PreferredMember

    /// Bytes of the longest answer, and of the longest line of a watch.
    static let answerLimit = 16 * 1_024 * 1_024
    /// Answers that one reading has at most.
    static let pageLimit = 4_096

    /// Reads the files that the configuration names; nothing is sent.
    ///
    /// - Parameters:
    ///   - configuration: the cluster.
    ///   - time: the clocks; deadlines go by the one that counts from boot.
    ///   - eventLoopGroup: where connections live.
    /// - Throws: ``EtcdError`` with ``EtcdError/Code/misconfigured``.
    package init(
        _ configuration: EtcdConfiguration,
        time: any TimeSource,
        eventLoopGroup: any EventLoopGroup = HTTPClient.defaultEventLoopGroup
    ) throws(EtcdError) {
        try configuration.check()
        let transport = EtcdTransport(
            connect: configuration.deadlines.connect,
            tls: try configuration.tls(),
            eventLoopGroup: eventLoopGroup
        )
        let preferred = PreferredMember(count: configuration.endpoints.count)
        (self.configuration, self.time, self.transport, self.preferred) = (configuration, time, transport, preferred)
        login = configuration.user.map { user in
            EtcdLogin(time: time) {
                let call = EtcdCall(
                    configuration: configuration,
                    transport: transport,
                    time: time,
                    preferred: preferred
                )
                return await call.authenticate(user)
            }
        }
    }

    /// Closes all connections; calls under way fail, later ones too.
    package func shutdown() async throws {
        try await transport.shutdown()
    }

    /// Sends a call to one member after the other until one answers.
    func send(
        _ path: String,
        _ body: some Encodable,
        _ nature: Nature,
        within total: Duration? = nil
    ) async throws(EtcdError) -> [UInt8] {
        let call = EtcdCall(configuration: configuration, transport: transport, time: time, preferred: preferred)
        let bytes = try WireForm.bytes(body)
        return try await call.send(path, bytes, nature, login, within: total ?? configuration.deadlines.total)
    }

    /// The member to be asked first, and a token for it.
    func firstMember() async throws(EtcdError) -> (endpoint: EtcdEndpoint, token: Redacted<String>?) {
        let token = try await login?.token(insteadOf: nil)
        return (configuration.endpoints[preferred.index], token)
    }

    /// From now on another member is asked first.
    func turnAway(from endpoint: EtcdEndpoint) {
        if let index = configuration.endpoints.firstIndex(of: endpoint) { preferred.turn(from: index) }
    }
}

/// Which member is asked first.
final class PreferredMember: Sendable {
    private let count: Int
    private let place = Mutex(0)

    init(count: Int) {
        self.count = count
    }

    var index: Int { place.withLock { $0 } }

    func set(_ index: Int) {
        place.withLock { $0 = index }
    }

    func turn(from index: Int) {
        place.withLock { place in if place == index { place = (index + 1) % count } }
    }
}
