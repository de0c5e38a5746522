package import FoundationEssentials
package import KeyRotation

/// Where the nodes of a fleet say in etcd which keys they have in use.
///
/// A node that an operator drains is not among the consumers: nobody is to wait for it.
package struct EtcdConsumerBoard: ConsumerBoard {
    private let session: EtcdSession
    private let sealer: any ValueSealer
    private var client: EtcdClient { session.client }
    private var keys: FleetKeys { session.keys }

    /// - Parameters:
    ///   - session: of this node, by whose name it acknowledges.
    ///   - sealer: of the fleet's key.
    package init(_ session: EtcdSession, sealer: any ValueSealer) {
        (self.session, self.sealer) = (session, sealer)
    }

    package func consumers(of plan: PlanName) async throws(JournalError) -> [KeyConsumer] {
        do throws(EtcdError) {
            let attendance = try await FleetAttendance.reading(client, keys, sealer)
            return try await Self.consumers(of: plan, attendance, client, keys, sealer)
                .filter { attendance.draining[$0.node] != true }
        } catch {
            throw JournalError(error, "the consumers of the plan \(plan) cannot be read")
        }
    }

    /// All consumers, also those that are drained.
    static func consumers(
        of plan: PlanName,
        _ attendance: FleetAttendance,
        _ client: EtcdClient,
        _ keys: FleetKeys,
        _ sealer: any ValueSealer
    ) async throws(EtcdError) -> [KeyConsumer] {
        let prefix = keys.acknowledgements(plan)
        return try await client.values(in: .all(under: prefix)).values
            .compactMap { value in
                guard let node = FleetKeys.name(value.key, under: prefix).flatMap({ NodeName(rawValue: $0) }) else {
                    return nil
                }
                let said = Acknowledgement(value.bytes, plan, node, sealer)
                let member = attendance.members[node]
                return KeyConsumer(
                    node: node,
                    inUse: said?.rotation,
                    since: said?.since,
                    lastSeen: max(said?.lastSeen ?? .distantPast, member?.lastSeen ?? .distantPast),
                    isLive: attendance.live[node] != nil
                )
            }
    }

    package func acknowledge(_ rotation: RotationID?, of plan: PlanName, now: Date) async throws(JournalError) {
        let node = session.setting.node
        let key = keys.acknowledgement(plan, node)
        let before: EtcdValue?
        do throws(EtcdError) {
            before = try await client.value(of: key).value
        } catch {
            throw JournalError(error, "the acknowledgement of the plan \(plan) cannot be read")
        }
        let said = before.flatMap { Acknowledgement($0.bytes, plan, node, sealer) }
        let since = said?.rotation == rotation ? said?.since : nil
        let new = Acknowledgement(rotation: rotation, since: since ?? now, lastSeen: now)
        let box = try new.sealed(plan, node, sealer)
        do throws(EtcdError) {
            try await client.put(key, box)
        } catch {
            throw JournalError(error, "the acknowledgement of the plan \(plan) cannot be written")
        }
    }

    package func withdraw(from plan: PlanName) async throws(JournalError) {
        do throws(EtcdError) {
            try await client.delete(.one(keys.acknowledgement(plan, session.setting.node)))
        } catch {
            throw JournalError(error, "the acknowledgement of the plan \(plan) cannot be withdrawn")
        }
    }
}
