package import FoundationEssentials
internal import JOSE
package import KeyRotation
internal import Synchronization

/// A service that keeps keys in memory, and plays any of the kinds that ``KeyTraits`` can describe.
package final class ScriptedIssuer: KeyIssuer, Sendable {
    /// A key, with what only the service knows of it.
    package struct Key: Sendable, Equatable {
        package let id: KeyID
        package let name: String?
        package let material: KeyMaterial
        package let createdAt: Date
        package var isDisabled = false
        package var isLocked = false
        package var isDeleted = false
        package var lastUse: Date?
    }

    /// What a service does with a call, before and after it.
    package struct Hooks: Sendable {
        /// Gives the answer in place of the service, which does nothing then.
        package var before: @Sendable (IssuerCall) throws(Interruption) -> IssuerAnswer?
        /// Changes the answer of the service.
        package var after: @Sendable (IssuerCall, IssuerAnswer) throws(Interruption) -> IssuerAnswer
        /// Carries the call out twice.
        package var isTwice: @Sendable (IssuerCall) -> Bool

        package init(
            before: @escaping @Sendable (IssuerCall) throws(Interruption) -> IssuerAnswer? = { _ in nil },
            after: @escaping @Sendable (IssuerCall, IssuerAnswer) throws(Interruption) -> IssuerAnswer = { $1 },
            isTwice: @escaping @Sendable (IssuerCall) -> Bool = { _ in false }
        ) {
            (self.before, self.after, self.isTwice) = (before, after, isTwice)
        }
    }

    /// How far behind the service is with what it made, and what it keeps to itself.
    package struct Delays: Sendable {
        /// Seconds until a key is listed.
        package var listing: TimeInterval = 0
        /// Seconds until a key works.
        package var working: TimeInterval = 0
        /// Whether the value is told again.
        package var isReadable = true
        /// How many keys are kept where there is one place: another ends the oldest; `nil` for all.
        package var kept: Int?

        package init(
            listing: TimeInterval = 0,
            working: TimeInterval = 0,
            isReadable: Bool = true,
            kept: Int? = nil
        ) {
            (self.listing, self.working, self.isReadable, self.kept) = (listing, working, isReadable, kept)
        }
    }

    private struct State {
        var keys: [Key] = []
        var creations = 0
    }

    private let traits: KeyTraits
    private let delays: Delays
    private let hooks: Hooks
    private let now: @Sendable () -> Date
    private let state = Mutex(State())

    package init(
        _ traits: KeyTraits,
        delays: Delays = Delays(),
        hooks: Hooks = Hooks(),
        now: @escaping @Sendable () -> Date
    ) {
        (self.traits, self.delays, self.hooks, self.now) = (traits, delays, hooks, now)
    }

    /// All keys that were ever made, the oldest first.
    package var keys: [Key] { state.withLock { $0.keys } }

    /// How many keys calls have made.
    package var creations: Int { state.withLock { $0.creations } }

    /// Adds a key that was there before.
    package func add(_ id: String, name: String? = nil, _ material: KeyMaterial, at time: Date) {
        state.withLock { $0.keys.append(Key(id: KeyID(id), name: name, material: material, createdAt: time)) }
    }

    /// Changes a key behind everybody's back.
    package func change(_ id: KeyID, _ edit: @Sendable (inout Key) -> Void) {
        state.withLock { state in
            guard let index = state.keys.firstIndex(where: { $0.id == id }) else { return }
            edit(&state.keys[index])
        }
    }

    /// Whether somebody who holds this value can use it now.
    package func works(_ material: KeyMaterial) -> Bool {
        let now = now()
        return state.withLock { state in
            state.keys.contains { $0.material == material && isUsable($0, now) }
        }
    }

    private func isUsable(_ key: Key, _ now: Date) -> Bool {
        !key.isDeleted && !key.isDisabled && key.createdAt.addingTimeInterval(delays.working) <= now
    }

    package func perform(_ call: IssuerCall) async throws(Interruption) -> IssuerAnswer {
        if let answer = try hooks.before(call) { return answer }
        if hooks.isTwice(call) { _ = carryOut(call) }
        return try hooks.after(call, carryOut(call))
    }

    package func requests(for step: IssuerStep) -> [String] { ["\(step)"] }

    private func carryOut(_ call: IssuerCall) -> IssuerAnswer {
        let now = now()
        return state.withLock { state in
            switch call {
            case .list: return .keys(list(state, now))
            case .create(let name, let material): return create(name, material, &state, now)
            case .read(let id):
                guard let index = index(of: id, state, now) else { return Self.absent }
                guard delays.isReadable else {
                    return .fault(IssuerFault(.notReadable, "the value is told once; delete the key"))
                }
                return .material(state.keys[index].material)
            case .verify(let id, let material):
                guard let index = state.keys.firstIndex(where: { $0.id == id && !$0.isDeleted }),
                    isUsable(state.keys[index], now), state.keys[index].material == material
                else { return .fault(IssuerFault(.notUsable, "the key does not work yet")) }
                state.keys[index].lastUse = now
                return .done
            case .activity(let id):
                guard traits.tellsActivity else { return Self.unsupported }
                guard let index = index(of: id, state, now) else { return Self.absent }
                return .lastUse(state.keys[index].lastUse)
            case .disable(let id), .enable(let id):
                guard traits.canDisable else { return Self.unsupported }
                guard let index = index(of: id, state, now) else { return Self.absent }
                guard !state.keys[index].isLocked else { return Self.locked }
                if case .disable = call {
                    state.keys[index].isDisabled = true
                } else {
                    state.keys[index].isDisabled = false
                }
                return .done
            case .delete(let id):
                guard traits.canDelete else { return Self.unsupported }
                guard let index = index(of: id, state, now) else { return Self.absent }
                guard !state.keys[index].isLocked else { return Self.locked }
                guard !traits.isSingular || state.keys.last(where: { !$0.isDeleted })?.id != id else {
                    return .fault(IssuerFault(.rejected, "it is the one that consumers read; make another one first"))
                }
                state.keys[index].isDeleted = true
                return .done
            }
        }
    }

    private func list(_ state: State, _ now: Date) -> [ListedKey] {
        let listed = state.keys.filter { isListed($0, now) }
        return (traits.canDelete ? listed : listed.suffix(1))
            .map { key in
                ListedKey(
                    id: key.id,
                    name: traits.recognition == .byName ? key.name : nil,
                    createdAt: key.createdAt,
                    isDisabled: key.isDisabled,
                    isLocked: key.isLocked
                )
            }
    }

    private func create(
        _ name: KeyName,
        _ material: KeyMaterial?,
        _ state: inout State,
        _ now: Date
    ) -> IssuerAnswer {
        if let material, !traits.isSingular, state.keys.contains(where: { $0.material == material && !$0.isDeleted }) {
            return .fault(IssuerFault(.conflict, "a key with this value exists"))
        }
        if let quota = traits.quota, state.keys.count(where: { !$0.isDeleted }) >= quota {
            return .fault(IssuerFault(.quotaExceeded, "the identity has \(quota) keys; delete one"))
        }
        let number = state.keys.count + 1
        let value = traits.hasValue ? material ?? KeyMaterial(["secret": Redacted("value-\(number)")]) : .none
        let key = Key(id: KeyID("key-\(number)"), name: "\(name)", material: value, createdAt: now)
        state.keys.append(key)
        state.creations += 1
        if let kept = delays.kept {
            let live = state.keys.indices.filter { !state.keys[$0].isDeleted }
            for index in live.dropLast(kept) { state.keys[index].isDeleted = true }
        }
        return .created(ListedKey(id: key.id, name: key.name, createdAt: now), value)
    }

    private func isListed(_ key: Key, _ now: Date) -> Bool {
        !key.isDeleted && key.createdAt.addingTimeInterval(delays.listing) <= now
    }

    private func index(of id: KeyID, _ state: State, _ now: Date) -> Int? {
        state.keys.firstIndex { $0.id == id && isListed($0, now) }
    }

    private static let absent = IssuerAnswer.fault(IssuerFault(.notFound, "there is no such key"))
    private static let unsupported = IssuerAnswer.fault(IssuerFault(.unsupported, "the service has no such call"))
    private static let locked = IssuerAnswer.fault(IssuerFault(.locked, "the key is locked; unlock it"))
}
