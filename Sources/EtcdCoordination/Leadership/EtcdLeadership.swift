package import KeyRotation
internal import Synchronization

/// Elects one node of a fleet for each plan.
///
/// The leader of a plan is who made its key, which hangs on the lease of the node's session. All who are not wait for the key to go.
package final class EtcdLeadership: RotationLeadership {
    private let session: EtcdSession
    private let sealer: any ValueSealer
    private var client: EtcdClient { session.client }
    private var keys: FleetKeys { session.keys }
    /// The last term of each plan, until its key is known to be gone.
    private let terms = Mutex<[PlanName: EtcdTerm]>([:])

    /// - Parameters:
    ///   - session: of this node.
    ///   - sealer: of the fleet's key.
    package init(_ session: EtcdSession, sealer: any ValueSealer) {
        (self.session, self.sealer) = (session, sealer)
    }

    package func lead(_ plan: PlanName) async throws(Interruption) -> RotationTerm {
        // While this node keeps the key of a term that it has left, nobody can lead.
        while await !leave(plan) {
            guard !Task.isCancelled else { throw Interruption() }
            await session.sleep(.seconds(1) * Double.random(in: 0.5...1))
        }
        var candidate: (record: [UInt8], lease: SessionLease)?
        var failures = 0
        while !Task.isCancelled {
            let lease = try await session.leaseForLeading()
            do throws(EtcdError) {
                // The same for as long as the lease is: what became of a transaction whose answer was lost is seen by it.
                if candidate?.lease !== lease { candidate = (try record(), lease) }
                if let record = candidate?.record, let claim = try await campaign(plan, record, lease) {
                    return term(of: EtcdTerm(claim, lease, session))
                }
                failures = 0
            } catch {
                failures += 1
                await session.sleep(
                    min(.seconds(10), .milliseconds(250) * (1 << min(failures, 6))) * .random(in: 0.5...1)
                )
            }
        }
        throw Interruption()
    }

    package func leader(of plan: PlanName) async throws(JournalError) -> NodeName? {
        do throws(EtcdError) {
            return try await client.value(of: keys.leader(plan)).value.flatMap { Self.node(in: $0.bytes) }
        } catch {
            throw JournalError(error, "the leader of the plan \(plan) cannot be looked up")
        }
    }

    /// The node that a leader's key names; `nil` when no leader wrote it.
    static func node(in record: [UInt8]) -> NodeName? {
        RecordForm.value(LeaderRecord.self, record).flatMap { NodeName(rawValue: $0.node) }
    }

    private func record() throws(EtcdError) -> [UInt8] {
        try RecordForm.bytes(LeaderRecord(node: session.setting.node.rawValue, term: EtcdSession.mark()))
    }

    /// Tries once; waits for a change when another node leads.
    private func campaign(
        _ plan: PlanName,
        _ record: [UInt8],
        _ lease: SessionLease
    ) async throws(EtcdError) -> LeaderClaim? {
        let key = keys.leader(plan)
        let (found, revision) = try await client.value(of: key)
        if let found {
            let claim = LeaderClaim(plan: plan, key: key, number: found.createRevision, record: found.bytes)
            guard found.lease == lease.number else {
                try await waitForChange(of: key, from: revision + 1)
                return nil
            }
            if found.bytes == record { return claim }
            // A term of ours that nobody carries out any more.
            _ = try await client.transaction(if: claim.conditions, then: [.delete(.one(key))])
        }
        let outcome = try await client.transaction(
            if: [.created(key, at: 0), .created(keys.draining(session.setting.node), at: 0)],
            then: [.put(key, record, lease: lease.number)],
            else: [.get(keys.draining(session.setting.node))]
        )
        if outcome.succeeded { return LeaderClaim(plan: plan, key: key, number: outcome.revision, record: record) }
        // The session will see it, too; until then this node must not ask on and on.
        if let draining = outcome.values.first, draining != nil { await session.sleep(.seconds(1)) }
        return nil
    }

    private func waitForChange(of key: String, from revision: Int64) async throws(EtcdError) {
        let end = try await client.change(
            of: key,
            from: revision,
            within: session.setting.patience * .random(in: 0.5...1)
        )
        // Not all at the same instant.
        if end == .changed { await session.sleep(.milliseconds(100) * .random(in: 0...1)) }
    }

    /// Ends this node's last term of the plan, so that another node may lead.
    ///
    /// - Returns: whether its key is gone.
    private func leave(_ plan: PlanName) async -> Bool {
        guard let last = terms.withLock({ $0[plan] }) else { return true }
        // Unstructured, so that a daemon that stops still makes way. Its deadline ends it.
        let isGone = await Task { (try? await last.resign()) != nil }.value
        if isGone { terms.withLock { terms in if terms[plan] === last { terms[plan] = nil } } }
        return isGone
    }

    private func term(of term: EtcdTerm) -> RotationTerm {
        terms.withLock { $0[term.claim.plan] = term }
        let journal = EtcdJournal(client, keys, term)
        return RotationTerm(
            number: term.claim.number,
            journal: journal,
            publication: EtcdKeySink(client, keys, term, sealer: sealer),
            isSure: { term.isSure(for: $0) },
            ended: { await term.wait() },
            resign: { _ = await self.leave(term.claim.plan) }
        )
    }
}
