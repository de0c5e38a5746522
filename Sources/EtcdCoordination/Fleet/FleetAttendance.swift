internal import FoundationEssentials
internal import KeyRotation

/// Which nodes a fleet has, as it is read from etcd.
struct FleetAttendance: Sendable {
    var live: [NodeName: NodeRecord] = [:]
    var members: [NodeName: MemberRecord] = [:]
    /// Those that an operator drains: what can be believed, and what cannot.
    var draining: [NodeName: Bool] = [:]

    static func reading(
        _ client: EtcdClient,
        _ keys: FleetKeys,
        _ sealer: any ValueSealer
    ) async throws(EtcdError) -> FleetAttendance {
        var attendance = FleetAttendance()
        for (node, value) in try await byNode(client, keys.nodes) {
            // Somebody is there, also when what is said of it cannot be read.
            attendance.live[node] =
                RecordForm.value(NodeRecord.self, value.bytes)
                ?? NodeRecord(version: "?", start: "", since: Date(timeIntervalSince1970: 0))
        }
        for (node, value) in try await byNode(client, keys.members) {
            attendance.members[node] = RecordForm.value(MemberRecord.self, value.bytes)
        }
        for (node, value) in try await byNode(client, keys.draining) {
            attendance.draining[node] = DrainMark.isValid(value.bytes, node, sealer)
        }
        return attendance
    }

    private static func byNode(
        _ client: EtcdClient,
        _ prefix: String
    ) async throws(EtcdError) -> [(NodeName, EtcdValue)] {
        try await client.values(in: .all(under: prefix)).values
            .compactMap { value in
                FleetKeys.name(value.key, under: prefix).flatMap { NodeName(rawValue: $0) }.map { ($0, value) }
            }
    }
}
