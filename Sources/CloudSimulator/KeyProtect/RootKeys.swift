internal import FoundationEssentials

/// The root keys of the simulated account, with what rotation does to them.
struct RootKeys: Sendable {
    private(set) var all: [State]

    /// A root key as it stands.
    struct State: Sendable {
        let key: SimulatedRootKey
        var versionID = UUID().uuidString.lowercased()
        /// When the version began; `nil` for that of the start.
        var rotated: Date?
    }

    /// Seconds that must lie between two rotations of a key.
    static let interval: TimeInterval = 3_600

    init(_ keys: [SimulatedRootKey]) { all = keys.map { State(key: $0) } }

    subscript(id: String) -> State? { all.first { $0.key.id == id } }

    /// Starts a new version of a key.
    mutating func rotate(_ id: String, withPayload hasPayload: Bool, at now: Date) throws(KeyProtectError) {
        guard let index = all.firstIndex(where: { $0.key.id == id }) else { throw .keyNotFound }
        guard hasPayload || !all[index].key.isImported else { throw .payloadRequired }
        guard !hasPayload || all[index].key.isImported else { throw .payloadNotAllowed }
        guard all[index].rotated.map({ now.timeIntervalSince($0) >= Self.interval }) ?? true else {
            throw .rotationNotPermitted
        }
        all[index] = State(key: all[index].key, rotated: now)
    }
}
