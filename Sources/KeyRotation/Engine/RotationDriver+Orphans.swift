package import FoundationEssentials

/// A key that carries the name of a plan and that the plan does not use.
package struct OrphanedKey: Sendable, Equatable {
    package let key: ListedKey
    /// Whether the journal knows the rotation that made it; otherwise another machine may use it.
    package let isKnown: Bool
    /// When it was last used; `nil` when it never was, or nobody tells.
    package let lastUse: Date?
}

extension RotationDriver {
    /// Keys of this plan's name that it does not use.
    ///
    /// - Returns: the keys, or why they cannot be known.
    package func orphans() async throws(Stop) -> Result<[OrphanedKey], OrderRefusal> {
        // A service with one place has nothing beside it.
        guard machine.traits.canDelete, machine.traits.recognition == .byName, !machine.traits.isSingular else {
            return .success([])
        }
        let keys: [ListedKey]
        switch try await call(.list) {
        case .keys(let listed): keys = listed
        case .fault(let fault): return .failure(OrderRefusal(fault.message))
        case .created, .material, .lastUse, .done: return .failure(OrderRefusal("the service did not list its keys"))
        }
        var orphans: [OrphanedKey] = []
        for key in keys {
            guard let name = key.name.flatMap({ KeyName($0) }), name.plan == machine.rules.plan,
                // What the rotation under way made is its own business.
                name.rotation != state.cycle?.rotation, !isInUse(key.id)
            else { continue }
            var lastUse: Date?
            if machine.traits.tellsActivity, case .lastUse(let used) = try await call(.activity(key.id)) {
                lastUse = used
            }
            orphans.append(
                OrphanedKey(key: key, isKnown: state.rotations.contains(name.rotation), lastUse: lastUse)
            )
        }
        return .success(orphans)
    }

    /// Deletes one of ``orphans()``.
    ///
    /// - Returns: why it was not deleted; `nil` when it is gone.
    package mutating func deleteOrphan(_ id: KeyID) async throws(Stop) -> OrderRefusal? {
        switch try await orphans() {
        case .failure(let refusal): return refusal
        case .success(let orphans):
            guard orphans.contains(where: { $0.key.id == id }) else {
                return OrderRefusal(
                    "\(id) is no orphan of plan \(machine.rules.plan); see: iam-broker rotation orphans"
                )
            }
        }
        try await note(.deleting, "\(id), an orphan, because an operator asked for it")
        switch try await call(.delete(id)) {
        case .fault(let fault) where fault.meaning != .absent: return OrderRefusal(fault.message)
        case .fault, .done: break
        case .keys, .created, .material, .lastUse:
            return OrderRefusal("the service answered something else than that \(id) is gone; run it again")
        }
        try await note(.deleted, "\(id), an orphan")
        return nil
    }

    private func isInUse(_ id: KeyID) -> Bool {
        let used = [
            state.current?.id, state.cycle?.candidate?.id, state.cycle?.retiring?.id, machine.rules.replaces,
        ]
        return used.contains(id) || state.cycle?.surplus.contains(id) ?? false
    }

    private func call(_ call: IssuerCall) async throws(Stop) -> IssuerAnswer {
        if call.isChange { try checkTerm() }
        do throws(Interruption) {
            return try await world.issuer.perform(call)
        } catch {
            throw .interrupted
        }
    }
}

/// Why something that an operator asked for was not done: for people.
package struct OrderRefusal: Error, Sendable, Equatable, CustomStringConvertible {
    package let message: String
    package var description: String { message }

    package init(_ message: String) {
        self.message = message
    }
}
