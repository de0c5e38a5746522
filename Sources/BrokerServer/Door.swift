internal import BrokerAPI
internal import NIOCore
internal import WorkloadAttestation

/// Who connected, and whether there is a place for another connection.
///
/// The place comes before everything else that costs something: whoever takes more than its share must not cost more than
/// that. Over TCP one question to the kernel, of some 35 µs, comes before it: whose connection is it? While all places are
/// taken even that is not asked.
enum Door: Sendable {
    case unix(PeerAttestor, ConnectionCount)
    case tcp(PeerAttestor, ConnectionCount, containers: @Sendable () -> Set<String>)

    /// What the client is told in place of being served.
    struct Refusal: Error {
        let response: Response
        /// The connection is counted, so it may last a little longer.
        var holdsPlace = false
    }

    var isTCP: Bool { if case .tcp = self { true } else { false } }

    /// In whose words its clients are refused.
    var errors: ErrorShape { isTCP ? .metadataService : .broker }

    /// The peer of a connection that was just accepted.
    ///
    /// - Throws: when the transport is not a socket of the operating system, so that nobody vouches for the peer.
    func peer(of channel: any Channel) throws -> Result<any Peer, Refusal> {
        let found = try channel.pipeline.syncOperations
            .withUnsafeTransportIfAvailable(of: NIOBSDSocket.Handle.self) { try admit($0, channel) }
        guard let found else { throw AttestationUnavailable() }
        return found
    }

    private func admit(_ descriptor: NIOBSDSocket.Handle, _ channel: any Channel) throws -> Result<any Peer, Refusal> {
        switch self {
        case .unix(let attestor, let count):
            if let refusal = enter(count, .user(try attestor.userID(ofSocket: descriptor)), channel) {
                return .failure(refusal)
            }
            do throws(AttestationError) {
                return .success(try attestor.peer(ofSocket: descriptor))
            } catch {
                return .failure(refusal("this process cannot be attested at the moment: \(error)"))
            }
        case .tcp(let attestor, let count, let containers):
            if let message = count.absence { return .failure(refusal(message)) }
            do throws(AttestationError) {
                let peer = try attestor.peer(ofTCPSocket: descriptor, containers: containers())
                if let refusal = enter(count, peer.quotaKey, channel) { return .failure(refusal) }
                return .success(peer)
            } catch {
                let key = attestor.quotaKey(ofTCPSocket: descriptor)
                if let refusal = enter(count, key, channel) { return .failure(refusal) }
                let error = MetadataError.unauthorized("this process is served nothing: \(error)")
                return .failure(Refusal(response: error.response, holdsPlace: true))
            }
        }
    }

    private func enter(_ count: ConnectionCount, _ key: QuotaKey, _ channel: any Channel) -> Refusal? {
        if let message = count.enter(key) {
            return refusal(message)
        }
        channel.closeFuture.whenComplete { _ in count.leave(key) }
        return nil
    }

    /// What passes by itself.
    private func refusal(_ message: String) -> Refusal {
        var response = errors.response(.tooManyConnections, message)
        response.retryAfter = 1
        return Refusal(response: response)
    }
}

/// The transport is not a socket of the operating system, so nobody vouches for the peer.
private struct AttestationUnavailable: Error {}
