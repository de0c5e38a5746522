internal import FoundationEssentials
internal import JOSE
internal import KeyRotation
internal import Testing

/// The course of the conformance kit for issuers of keys.
struct IssuerCheck {
    private let issuer: any KeyIssuer
    private let traits: KeyTraits
    private let plan: PlanName
    private let pause: () async throws -> Void
    private let draw: () -> KeyMaterial
    private let place: SourceLocation
    private let tries: Int

    init(
        _ issuer: any KeyIssuer,
        _ traits: KeyTraits,
        _ plan: PlanName,
        pause: @escaping () async throws -> Void,
        tries: Int,
        drawing draw: @escaping () -> KeyMaterial,
        _ place: SourceLocation
    ) {
        (self.issuer, self.traits, self.plan) = (issuer, traits, plan)
        (self.pause, self.tries, self.draw, self.place) = (pause, tries, draw, place)
    }

    func run() async throws -> LiveKey {
        let before = Set(try await list().map(\.id))
        let first = try await create(rotation: 1, traits.takesOwnValue ? draw() : nil)
        #expect(!before.contains(first.id), "a new key has a new ID", sourceLocation: place)
        try await checkUse(of: first, name: 1)
        try await checkUnsupported(first.id)
        guard traits.recognition == .byName else { return first }
        let second = try await checkSecond(after: first)
        if traits.canDisable { try await checkDisabling(first, while: second) }
        if traits.canDelete { try await checkDeletion(of: first, while: second) }
        return second
    }

    // MARK: Parts

    private func checkUse(of key: LiveKey, name rotation: UInt64) async throws {
        let listed = try await eventually("a new key is listed") { try await list().first { $0.id == key.id } }
        if traits.recognition == .byName {
            #expect(listed?.name == "\(name(rotation))", "a key carries its name", sourceLocation: place)
        }
        #expect(listed?.isDisabled == false, "a new key is not disabled", sourceLocation: place)
        try await checkWorks(key)
        if traits.tellsActivity {
            let used = try await eventually("a key that was used says when") {
                guard case .lastUse(let date) = try await issuer.perform(.activity(key.id)) else { return nil as Date? }
                return date
            }
            #expect(used != nil, sourceLocation: place)
        }
        switch try await issuer.perform(.read(key.id)) {
        case .material(let material): #expect(material == key.material, "a value stays", sourceLocation: place)
        case .fault(let fault):
            #expect([.notReadable, .unsupported].contains(fault.code), "\(fault)", sourceLocation: place)
        default: Issue.record("a reading is answered with a value", sourceLocation: place)
        }
    }

    private func checkWorks(_ key: LiveKey) async throws {
        _ = try await eventually("\(key.id) works") {
            if case .done = try await issuer.perform(.verify(key.id, key.material)) { true } else { nil }
        }
    }

    /// What the traits say that the service cannot do.
    private func checkUnsupported(_ id: KeyID) async throws {
        var calls: [IssuerCall] = []
        if !traits.tellsActivity { calls.append(.activity(id)) }
        if !traits.canDisable { calls += [.disable(id), .enable(id)] }
        if !traits.canDelete { calls.append(.delete(id)) }
        for call in calls {
            #expect(try await code(of: call) == .unsupported, "\(call)", sourceLocation: place)
        }
    }

    /// A value that exists is refused, or makes another key; either way there are two keys in the end.
    private func checkSecond(after first: LiveKey) async throws -> LiveKey {
        if traits.takesOwnValue {
            switch try await issuer.perform(.create(name(2), first.material)) {
            case .created(let key, let material):
                #expect(key.id != first.id, "no key is made twice", sourceLocation: place)
                let second = LiveKey(id: key.id, material: material)
                try await checkUse(of: second, name: 2)
                return second
            case .fault(let fault):
                #expect(fault.code == .conflict, "a value is taken once", sourceLocation: place)
            default: Issue.record("a creation is answered with a key", sourceLocation: place)
            }
        }
        let second = try await create(rotation: 3, traits.takesOwnValue ? draw() : nil)
        #expect(second.id != first.id, "a new key has a new ID", sourceLocation: place)
        #expect(second.material != first.material, "a new key has a new value", sourceLocation: place)
        try await checkUse(of: second, name: 3)
        return second
    }

    private func checkDisabling(_ old: LiveKey, while other: LiveKey) async throws {
        try await checkDone(.disable(old.id))
        _ = try await eventually("a disabled key does not work") {
            try await code(of: .verify(old.id, old.material)) == .notUsable ? true : nil
        }
        let listed = try await list().first { $0.id == old.id }
        #expect(listed?.isDisabled == true, "a disabled key is listed as such", sourceLocation: place)
        try await checkWorks(other)
        try await checkDone(.disable(old.id))
        try await checkDone(.enable(old.id))
        try await checkWorks(old)
        try await checkDone(.disable(old.id))
    }

    private func checkDeletion(of old: LiveKey, while other: LiveKey) async throws {
        let others = Set(try await list().map(\.id)).subtracting([old.id])
        try await checkDone(.delete(old.id))
        let gone = try await eventually("a deleted key is not listed") {
            let left = Set(try await list().map(\.id))
            return left.contains(old.id) ? nil : left
        }
        #expect(gone == others, "the others stay", sourceLocation: place)
        #expect(try await code(of: .delete(old.id)) == .notFound, "there is nothing to delete", sourceLocation: place)
        try await checkWorks(other)
        let value = try await code(of: .verify(old.id, old.material))
        #expect(value == .notUsable, "a deleted key does not work", sourceLocation: place)
    }

    // MARK: Calls

    private func name(_ rotation: UInt64) -> KeyName { KeyName(plan, RotationID(rotation)) }

    private func list() async throws -> [ListedKey] {
        let answer = try await issuer.perform(.list)
        guard case .keys(let keys) = answer else {
            Issue.record("a list is answered with keys: \(answer)", sourceLocation: place)
            return []
        }
        #expect(Set(keys.map(\.id)).count == keys.count, "no ID is there twice", sourceLocation: place)
        return keys
    }

    private func create(rotation: UInt64, _ own: KeyMaterial?) async throws -> LiveKey {
        let answer = try await issuer.perform(.create(name(rotation), own))
        guard case .created(let key, let material) = answer else {
            let fault = if case .fault(let fault) = answer { fault.message } else { "another answer" }
            throw ConformanceFailure(description: "no key was made: \(fault)")
        }
        if let own { #expect(material == own, "a key has the value that it was given", sourceLocation: place) }
        #expect(material.fields.isEmpty != traits.hasValue, "a key has a value", sourceLocation: place)
        if traits.recognition == .byName {
            #expect(key.name == "\(name(rotation))", "a key carries its name", sourceLocation: place)
        }
        return LiveKey(id: key.id, material: material)
    }

    private func checkDone(_ call: IssuerCall) async throws {
        let answer = try await issuer.perform(call)
        guard case .done = answer else {
            Issue.record("\(call) is carried out: \(answer)", sourceLocation: place)
            return
        }
    }

    private func code(of call: IssuerCall) async throws -> IssuerFault.Code? {
        if case .fault(let fault) = try await issuer.perform(call) { fault.code } else { nil }
    }

    /// What `probe` finds at last; a failure of the test when it finds nothing.
    private func eventually<Found>(
        _ what: Comment,
        _ probe: () async throws -> Found?
    ) async throws -> Found? {
        for _ in 0..<tries {
            if let found = try await probe() { return found }
            try await pause()
        }
        Issue.record(what, sourceLocation: place)
        return nil
    }
}

/// A conformance kit cannot go on.
struct ConformanceFailure: Error, CustomStringConvertible {
    let description: String
}
