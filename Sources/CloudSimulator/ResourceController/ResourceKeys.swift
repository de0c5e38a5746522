/// The resource keys of the simulated account.
struct ResourceKeys: Sendable {
    /// Oldest first.
    private(set) var all: [SimulatedResourceKey] = []

    /// More than this are refused: nothing here may grow without an end.
    static let maximumCount = 1_000

    var isFull: Bool { all.count >= Self.maximumCount }

    subscript(guid: String) -> SimulatedResourceKey? { all.first { $0.guid == guid } }

    mutating func add(_ key: SimulatedResourceKey) { all.append(key) }

    /// - Returns: the key as it then is; `nil` if there is none.
    mutating func change(_ guid: String, _ change: (inout SimulatedResourceKey) -> Void) -> SimulatedResourceKey? {
        guard let index = all.firstIndex(where: { $0.guid == guid }) else { return nil }
        change(&all[index])
        return all[index]
    }

    /// - Returns: the key that was there.
    mutating func remove(_ guid: String) -> SimulatedResourceKey? {
        guard let index = all.firstIndex(where: { $0.guid == guid }) else { return nil }
        return all.remove(at: index)
    }
}
