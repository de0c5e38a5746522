/// Finds the patterns that may match a workload without looking at the others.
///
/// Each pattern is filed under one of its selectors, the one that tells workloads apart best. A look-up costs as many hash
/// probes as the workload has properties, however many patterns there are.
struct PatternIndex: Sendable {
    struct Entry: Sendable {
        let pattern: WorkloadPattern
        /// Which grant or denial it belongs to.
        let owner: Int
    }

    /// The kinds of selectors, the most telling first.
    private enum Kind: Int, CaseIterable {
        case sha256, container, pod, unit, executable, loginUser, user, group, slice, label
    }

    private enum Key: Hashable {
        case number(Kind, UInt32)
        /// By its bytes, as selectors compare.
        case text(Kind, [UInt8])
    }

    private var entries: [Key: [Entry]] = [:]
    /// The same entries by kind, for facts that are not known.
    private var byKind: [Kind: [Entry]] = [:]

    mutating func add(_ pattern: WorkloadPattern, owner: Int) {
        let filed = pattern.selectors.min { Self.kind(of: $0).rawValue < Self.kind(of: $1).rawValue }
        // Without selectors a pattern matches nobody.
        guard let filed else { return }
        let entry = Entry(pattern: pattern, owner: owner)
        entries[Self.key(of: filed), default: []].append(entry)
        byKind[Self.kind(of: filed), default: []].append(entry)
    }

    /// The first owner with a pattern that certainly matches, among those that `isEligible`.
    func firstCertain(_ workload: Workload, where isEligible: (Int) -> Bool = { _ in true }) -> Int? {
        var first: Int?
        visit(workload, includingUnknown: false) { entry in
            guard first.map({ entry.owner < $0 }) ?? true, isEligible(entry.owner),
                entry.pattern.certainlyMatches(workload)
            else { return }
            first = entry.owner
        }
        return first
    }

    /// The first owner with a pattern that possibly matches.
    func firstPossible(_ workload: Workload) -> Int? {
        var first: Int?
        visit(workload, includingUnknown: true) { entry in
            guard first.map({ entry.owner < $0 }) ?? true, entry.pattern.possiblyMatches(workload) else { return }
            first = entry.owner
        }
        return first
    }

    private func visit(_ workload: Workload, includingUnknown: Bool, _ body: (Entry) -> Void) {
        for kind in Kind.allCases {
            guard let all = byKind[kind] else { continue }
            let probe = Self.probe(workload, kind)
            if includingUnknown, probe.isIncomplete {
                all.forEach(body)
            } else {
                for key in probe.keys { entries[key]?.forEach(body) }
            }
        }
    }

    private static func kind(of selector: Selector) -> Kind {
        switch selector {
        case .user: .user
        case .group: .group
        case .loginUser: .loginUser
        case .executable: .executable
        case .sha256: .sha256
        case .unit: .unit
        case .slice: .slice
        case .container: .container
        case .pod: .pod
        case .label: .label
        }
    }

    private static func key(of selector: Selector) -> Key {
        let kind = kind(of: selector)
        return switch selector {
        case .user(let id, name: _), .group(let id, name: _), .loginUser(let id, name: _): .number(kind, id)
        case .executable(let text), .sha256(let text), .unit(let text), .slice(let text), .container(let text),
            .pod(let text), .label(let text):
            .text(kind, Array(text.utf8))
        }
    }

    /// What a workload's patterns of one kind can be filed under.
    private struct Probe {
        var keys: [Key] = []
        /// Part of it is not known: a pattern under any key may match.
        var isIncomplete = false

        init(_ kind: Kind, numbers: [Fact<[UInt32]>]) {
            for fact in numbers {
                switch fact {
                case .known(let values): keys += values.map { .number(kind, $0) }
                case .none: break
                case .unknown: isIncomplete = true
                }
            }
        }

        init(_ kind: Kind, text: Fact<String>) {
            self.init(kind, texts: text.map { [$0] })
        }

        init(_ kind: Kind, texts: Fact<[String]>) {
            switch texts {
            case .known(let values): keys = values.map { .text(kind, Array($0.utf8)) }
            case .none: break
            case .unknown: isIncomplete = true
            }
        }
    }

    private static func probe(_ workload: Workload, _ kind: Kind) -> Probe {
        switch kind {
        case .user: Probe(kind, numbers: [.known([workload.userID])])
        case .group: Probe(kind, numbers: [workload.groupID.map { [$0] }, workload.groups])
        case .loginUser: Probe(kind, numbers: [workload.loginUserID.map { [$0] }])
        case .executable: Probe(kind, text: workload.executable)
        case .sha256: Probe(kind, text: workload.sha256)
        case .unit: Probe(kind, text: workload.unit)
        case .slice: Probe(kind, texts: workload.slices)
        case .container: Probe(kind, text: workload.container)
        case .pod: Probe(kind, text: workload.pod)
        case .label: Probe(kind, text: workload.label)
        }
    }
}

extension Fact {
    func map<Other>(_ transform: (Value) -> Other) -> Fact<Other> {
        switch self {
        case .known(let value): .known(transform(value))
        case .none: .none
        case .unknown(let why): .unknown(why)
        }
    }
}
