internal import KeyRotation

/// The service that makes the keys: it does at once what it is asked, whatever becomes of its answer.
struct ModelledIssuer: Sendable {
    private(set) var keys: [ListedKey]
    private(set) var made = 0

    static let old = KeyID("OLD-KEY")

    init(now: VirtualTime) {
        keys = [ListedKey(id: Self.old, name: "by hand", createdAt: now.wall)]
    }

    mutating func perform(_ step: IssuerStep, plan: PlanName, now: VirtualTime) -> IssuerAnswer {
        switch step {
        case .list: return .keys(keys)
        case .create(let rotation):
            made += 1
            let key = ListedKey(id: KeyID("KEY-\(made)"), name: "\(KeyName(plan, rotation))", createdAt: now.wall)
            keys.append(key)
            return .created(key, .none)
        case .read(let id): return keys.contains { $0.id == id } ? .material(.none) : absent(id)
        case .activity: return .lastUse(nil)
        case .verify(let id): return keys.contains { $0.id == id && !$0.isDisabled } ? .done : absent(id)
        case .disable(let id): return setDisabled(id, true)
        case .enable(let id): return setDisabled(id, false)
        case .delete(let id):
            keys.removeAll { $0.id == id }
            return .done
        }
    }

    private mutating func setDisabled(_ id: KeyID, _ isDisabled: Bool) -> IssuerAnswer {
        guard let index = keys.firstIndex(where: { $0.id == id }) else { return absent(id) }
        let key = keys[index]
        keys[index] = ListedKey(id: id, name: key.name, createdAt: key.createdAt, isDisabled: isDisabled)
        return .done
    }

    private func absent(_ id: KeyID) -> IssuerAnswer { .fault(IssuerFault(.notFound, "there is no \(id)")) }
}
