internal import FoundationEssentials

/// The body of `POST …/locks_bulk` and its `mode`, checked.
struct SecretLockOrder {
    let locks: [SecretLock]
    let mode: Mode?

    /// What happens to the previous version.
    enum Mode: String, CaseIterable {
        /// Its locks with the same names go.
        case removePrevious = "remove_previous"
        /// And what it holds too, if no lock is left.
        case removePreviousAndDelete = "remove_previous_and_delete"
    }

    init(_ request: SimulatorRequest, createdBy caller: String, now: Date) throws(VPCError) {
        if let text = request.query["mode"] {
            guard let mode = Mode(rawValue: text) else {
                let target = VPCError.Target(name: "mode", type: .parameter, value: text)
                let words = Mode.allCases.map(\.rawValue).joined(separator: " or ")
                throw .invalid("invalid_value", "mode must be \(words)", target)
            }
            self.mode = mode
        } else {
            mode = nil
        }
        do throws(DocumentError) {
            let reader = try ObjectReader(document: request.body, knowing: ["locks"], upTo: 1_024 * 1_024)
            let readers = try reader.required(
                "locks",
                reader.objects("locks", knowing: ["attributes", "description", "name"])
            )
            guard (1...StoredSecret.maximumLocks).contains(readers.count) else {
                throw reader.error("locks", "must be 1 to \(StoredSecret.maximumLocks)")
            }
            var locks: [SecretLock] = []
            for entry in readers {
                let name = try entry.required("name", entry.text("name"))
                guard !name.contains(",") else { throw entry.error("name", "must not contain ','") }
                let lock = SecretLock(
                    name: name,
                    description: try entry.string("description"),
                    attributes: try entry.objectText("attributes"),
                    createdBy: caller,
                    createdAt: now
                )
                locks.append(lock)
            }
            self.locks = locks
        } catch {
            throw .badBody(error)
        }
    }
}
