internal import FoundationEssentials

/// The secrets of the simulated Secrets Manager.
struct SecretVault: Sendable {
    /// In the order they were made.
    private(set) var all: [StoredSecret] = []

    /// More than this are refused: nothing here may grow without an end.
    static let maximumCount = 200

    /// Takes the secrets of the instance file, which are as old as IBM's samples.
    init(_ secrets: [SimulatedSecret]) {
        let now = Date(timeIntervalSince1970: 1_788_256_800)  // 2026-09-01T10:00Z
        let creator = "iam-ServiceId-9d8c7b6a-5f4e-4d3c-8b2a-1f0e9d8c7b6a"
        all = secrets.map { StoredSecret($0, createdBy: creator, at: now) }
    }

    subscript(id: String) -> StoredSecret? { all.first { $0.start.id == id } }

    /// Takes up a secret.
    ///
    /// - Returns: whether there was room, and none with its ID.
    mutating func add(_ secret: SimulatedSecret, createdBy caller: String, at now: Date) -> Bool {
        guard all.count < Self.maximumCount, self[secret.id] == nil else { return false }
        all.append(StoredSecret(secret, createdBy: caller, at: now))
        return true
    }

    /// Changes a secret; what `change` refuses must leave it as it was.
    mutating func change<Result>(
        _ id: String,
        _ change: (inout StoredSecret) throws(VPCError) -> Result
    ) throws(VPCError) -> Result {
        guard let index = all.firstIndex(where: { $0.start.id == id }) else { throw .secretNotFound }
        return try change(&all[index])
    }
}
