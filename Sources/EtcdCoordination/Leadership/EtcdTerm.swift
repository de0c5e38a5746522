internal import KeyRotation
internal import TokenBroker

/// A term of this node.
final class EtcdTerm: Sendable {
    let claim: LeaderClaim
    let lease: SessionLease
    private let session: EtcdSession
    /// Ends when it is known that the term has.
    let mark = EndMark()

    init(_ claim: LeaderClaim, _ lease: SessionLease, _ session: EtcdSession) {
        (self.claim, self.lease, self.session) = (claim, lease, session)
    }

    var isOver: Bool { mark.isOver || lease.mark.isOver }

    func isSure(for length: Duration) -> Bool {
        !isOver && lease.end - session.client.time.now.boot >= length
    }

    /// Returns when the term has ended, or the task is cancelled.
    func wait() async {
        guard !isOver else { return }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.lease.mark.wait() }
            group.addTask { await self.mark.wait() }
            group.addTask { await self.watch() }
            await group.next()
            group.cancelAll()
        }
        if !Task.isCancelled { mark.end() }
    }

    /// Looks at the leader's key until it is not of this term any more.
    private func watch() async {
        let (client, patience) = (session.client, session.setting.patience)
        while !Task.isCancelled {
            do throws(EtcdError) {
                let (value, revision) = try await client.value(of: claim.key)
                guard claim.isMet(by: value) else { return }
                _ = try await client.change(of: claim.key, from: revision + 1, within: patience * .random(in: 0.5...1))
            } catch {
                // While etcd does not answer the lease decides.
                await session.sleep(.seconds(1) * Double.random(in: 0.5...1))
            }
        }
    }

    /// Removes the leader's key, if it is of this term.
    func resign() async throws(EtcdError) {
        mark.end()
        _ = try await session.client.transaction(if: claim.conditions, then: [.delete(.one(claim.key))])
    }
}
