internal import FoundationEssentials
internal import KeyRotation
internal import Logging
internal import Synchronization
internal import TokenBroker

/// The lease: how it begins, how it is kept, and how it ends.
extension EtcdSession {
    private var now: Moment { client.time.now }

    /// How long a lease that etcd gave or kept surely lasts: four fifths of what was asked for, whatever else etcd says.
    ///
    /// A member that was cut off takes itself for the leader of the cluster for up to two of its election times, a second each by default, and may keep a lease that the others
    /// do not keep. Writes are safe from that, since they are transactions; calls to the outside go by this time alone.
    private func certainTime(_ seconds: Int64) -> Duration {
        .seconds(min(seconds, Int64(setting.leaseSeconds))) * 4 / 5
    }

    /// Gets a lease and puts the node's name on it.
    func begin() async throws(EtcdError) -> SessionLease {
        let sent = now.boot
        let total = client.configuration.deadlines.total
        let (number, seconds) = try await client.grantLease(Int64(setting.leaseSeconds), within: total)
        let lease = SessionLease(number, until: sent + certainTime(seconds))
        do throws(EtcdError) {
            try await register(lease)
        } catch {
            // It would end by itself, and keep nothing until then.
            try? await client.revokeLease(number, within: total)
            throw error
        }
        logger.info("The session with etcd has begun", metadata: ["etcd.lease.seconds": "\(seconds)"])
        update { ($0.lease, $0.trouble) = (lease, nil) }
        return lease
    }

    /// Puts the node's name on the lease, unless another process has it.
    private func register(_ lease: SessionLease) async throws(EtcdError) {
        let key = keys.node(setting.node)
        let record = try RecordForm.bytes(NodeRecord(version: setting.version, start: start, since: now.wall))
        let found = try await client.value(of: key).value
        if let found {
            let other = RecordForm.value(NodeRecord.self, found.bytes)
            guard other?.start == start else { throw .nameTaken(setting.node) }
        }
        let said = try attendance()
        let outcome = try await client.transaction(
            if: [.changed(key, at: found?.modRevision ?? 0)],
            then: [.put(key, record, lease: lease.number), .put(keys.member(setting.node), said)]
        )
        guard outcome.succeeded else { throw .nameTaken(setting.node) }
        state.withLock { ($0.lastAttendance, $0.said) = (now.boot, [said]) }
    }

    private func attendance() throws(EtcdError) -> [UInt8] {
        try RecordForm.bytes(MemberRecord(version: setting.version, start: start, lastSeen: now.wall))
    }

    /// Keeps the lease until it is lost or the task is cancelled.
    func keep(_ lease: SessionLease) async {
        let third = Duration.seconds(setting.leaseSeconds) / 3
        let setbacks = client.marks.setbacks
        var pause = third
        while true {
            await sleep(min(pause, max(.zero, lease.end - now.boot)))
            guard !Task.isCancelled else { return }
            let sent = now.boot
            guard sent < lease.end else { return lose("it could not be kept in time") }
            do throws(EtcdError) {
                guard let seconds = try await client.keepLease(lease.number, within: min(third, lease.end - sent))
                else {
                    return lose("etcd has ended its lease")
                }
                // What came too late is not believed: others may have acted on its end.
                guard now.boot < lease.end else { return lose("it could not be kept in time") }
                let end = sent + certainTime(seconds)
                lease.extend(to: end)
                state.withLock { $0.lease?.extend(to: end) }
                pause = third
            } catch {
                pause = third / 8
                continue
            }
            guard await attend(), client.marks.setbacks == setbacks else {
                return lose(
                    "what this node wrote last is not in etcd, or its revision went back: it was restored from a snapshot, or the endpoints are "
                        + "of two clusters"
                )
            }
        }
    }

    /// Looks whether the node is drained, and says that it is there.
    ///
    /// - Returns: `false` when what it said last is not there any more.
    private func attend() async -> Bool {
        // Two calls, and the lease is to be kept again in time.
        let time = Duration.seconds(setting.leaseSeconds) / 6
        let member = keys.member(setting.node)
        do throws(EtcdError) {
            let found =
                try await client.transaction(
                    if: [],
                    then: [.get(keys.draining(setting.node)), .get(member)],
                    within: time
                )
                .values
            guard found.count == 2, let attendance = found[1] else { return false }
            let isDraining = found[0] != nil
            if isDraining != self.isDraining { turn(draining: isDraining) }
            let (last, said) = state.withLock { ($0.lastAttendance, $0.said) }
            guard said.contains(attendance.bytes) else { return false }
            guard last.map({ now.boot - $0 >= setting.attendance }) ?? true else { return true }
            let new = try self.attendance()
            state.withLock { $0.said = [attendance.bytes, new] }
            let outcome = try await client.transaction(
                if: [.changed(member, at: attendance.modRevision)],
                then: [.put(member, new)],
                within: time
            )
            guard outcome.succeeded else { return false }
            state.withLock { ($0.lastAttendance, $0.said) = (now.boot, [new]) }
        } catch {
            // The lease is kept: what was not said now is said at the next turn.
            logger.debug("Attendance was not written", metadata: ["error": "\(error.message)"])
        }
        return true
    }

    private func turn(draining isDraining: Bool) {
        logger.notice("Draining of this node changed", metadata: ["node.draining": "\(isDraining)"])
        let old = lease
        update { state in
            state.isDraining = isDraining
            // Terms end; the lease goes on under another mark.
            if isDraining, let lease = state.lease { state.lease = SessionLease(lease.number, until: lease.end) }
        }
        if isDraining { old?.mark.end() }
    }

    /// The lease counts no more.
    private func lose(_ reason: String) {
        let old = lease
        update { $0.lease = nil }
        old?.mark.end()
        note("the session ended: \(reason)")
    }

    /// Gives the lease back, so that others need not wait for its end.
    func end() async {
        let old = lease
        update { $0.lease = nil }
        guard let old else { return }
        old.mark.end()
        // Unstructured, so that the cancellation that ends the daemon does not end it; its deadline does.
        await Task { [client] in
            try? await client.revokeLease(old.number, within: .seconds(2))
        }
        .value
    }
}

extension EtcdError {
    fileprivate static func nameTaken(_ node: NodeName) -> EtcdError {
        EtcdError(
            .rejected,
            "another process is in the fleet as \(node): if this one was just restarted, its place is free when the old lease ends; if "
                + "another machine has the name, give one of the two another name"
        )
    }
}
