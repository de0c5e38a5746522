internal import FoundationEssentials
package import KeyRotation

/// A fleet as operators see it, and what they may do with its nodes.
package struct EtcdFleet: Sendable {
    private let client: EtcdClient
    private let keys: FleetKeys
    private let sealer: any ValueSealer

    /// How many deletions one transaction has; etcd takes 128 by default.
    private static let batch = 100

    /// - Parameters:
    ///   - client: the cluster.
    ///   - sealer: of the fleet's key.
    package init(_ client: EtcdClient, sealer: any ValueSealer) {
        (self.client, self.sealer) = (client, sealer)
        keys = FleetKeys(prefix: client.configuration.prefix)
    }

    /// Nodes and plans, by their names.
    ///
    /// - Parameter plans: of which leader and consumers are wanted.
    /// - Returns: the fleet.
    /// - Throws: ``JournalError``.
    package func reading(_ plans: [PlanName]) async throws(JournalError) -> FleetReading {
        do throws(EtcdError) {
            let attendance = try await FleetAttendance.reading(client, keys, sealer)
            var found: [FleetReading.Plan] = []
            for plan in plans.sorted() {
                let leader = try await client.value(of: keys.leader(plan)).value
                found.append(
                    FleetReading.Plan(
                        name: plan,
                        leader: leader.flatMap { EtcdLeadership.node(in: $0.bytes) },
                        term: leader?.createRevision,
                        consumers: try await EtcdConsumerBoard.consumers(of: plan, attendance, client, keys, sealer)
                    )
                )
            }
            return FleetReading(nodes: Self.nodes(attendance), plans: found)
        } catch {
            throw JournalError(error, "the fleet cannot be read")
        }
    }

    private static func nodes(_ attendance: FleetAttendance) -> [FleetReading.Node] {
        Set(attendance.live.keys).union(attendance.members.keys).union(attendance.draining.keys).sorted()
            .map { node in
                let (live, member) = (attendance.live[node], attendance.members[node])
                return FleetReading.Node(
                    name: node,
                    version: live?.version ?? member?.version,
                    isLive: live != nil,
                    since: live?.since,
                    lastSeen: member?.lastSeen,
                    isDraining: attendance.draining[node] != nil
                )
            }
    }

    /// From now on the node leads nothing, and nobody waits for what it acknowledges.
    package func drain(_ node: NodeName) async throws(JournalError) {
        let mark: [UInt8]
        do throws(SealError) {
            mark = try DrainMark.bytes(node, sealer)
        } catch {
            throw JournalError(.unavailable, "\(node) cannot be drained: \(error.message)")
        }
        do throws(EtcdError) {
            try await client.put(keys.draining(node), mark)
        } catch {
            throw JournalError(error, "\(node) cannot be drained")
        }
    }

    /// The node takes part again.
    package func undrain(_ node: NodeName) async throws(JournalError) {
        do throws(EtcdError) {
            try await client.delete(.one(keys.draining(node)))
        } catch {
            throw JournalError(error, "\(node) cannot take part again")
        }
    }

    /// Removes all that is known of a node that is gone for good.
    ///
    /// - Returns: whether it was removed; a node whose session lasts is not.
    package func forget(_ node: NodeName) async throws(JournalError) -> Bool {
        do throws(EtcdError) {
            let gone = EtcdCondition.created(keys.node(node), at: 0)
            let all = try await client.values(in: .all(under: keys.acknowledgements), keysOnly: true).values.map(\.key)
            var rest = all.filter { $0.hasSuffix("/\(node)") } + [keys.member(node), keys.draining(node)]
            while !rest.isEmpty {
                let outcome = try await client.transaction(
                    if: [gone],
                    then: rest.prefix(Self.batch).map { .delete(.one($0)) }
                )
                guard outcome.succeeded else { return false }
                rest.removeFirst(min(Self.batch, rest.count))
            }
            return true
        } catch {
            throw JournalError(error, "\(node) cannot be forgotten")
        }
    }
}
