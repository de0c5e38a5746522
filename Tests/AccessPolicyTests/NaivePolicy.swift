import AccessPolicy
import Foundation

/// The rules of the documentation, written down again without any index: what ``Policy`` must agree with.
struct NaivePolicy {
    let grants: [Grant]
    let denials: [Denial]

    func decide(_ workload: Workload, _ profile: ProfileName, at now: Date) -> NaiveDecision {
        let enforced = denials.first { $0.mode == .enforce && applies($0, to: workload) }
        if let enforced { return NaiveDecision(grant: nil, reason: .denied(by: enforced.name)) }
        let candidates = grants.filter { $0.profiles.contains(profile) }
        if candidates.isEmpty { return NaiveDecision(grant: nil, reason: .nobodyMay) }
        let matching = candidates.filter { grant in grant.workloads.contains { Self.truth($0, workload) == .some(true) }
        }
        if let grant = matching.first(where: { $0.validity.holds(at: now) }) {
            let observed = denials.first { $0.mode == .observe && applies($0, to: workload) }
            return NaiveDecision(grant: grant.name, reason: observed.map { .denied(by: $0.name) })
        }
        let reason = matching.first.map { DenialReason.notNow(grant: $0.name) } ?? .noGrantMatches
        return NaiveDecision(
            grant: candidates.first { $0.mode == .observe && $0.validity.holds(at: now) }?.name,
            reason: reason
        )
    }

    private func applies(_ denial: Denial, to workload: Workload) -> Bool {
        denial.workloads.contains { Self.truth($0, workload) != .some(false) }
    }

    /// Three-valued logic: `nil` is "nobody knows".
    ///
    /// A pattern without selectors is false.
    private static func truth(_ pattern: WorkloadPattern, _ workload: Workload) -> Bool? {
        guard !pattern.selectors.isEmpty else { return false }
        let truths = pattern.selectors.map { truth($0, workload) }
        if truths.contains(.some(false)) { return false }
        return truths.contains(nil) ? nil : true
    }

    private static func truth(_ selector: Selector, _ workload: Workload) -> Bool? {
        switch selector {
        case .user(let id, name: _): return workload.userID == id
        case .group(let id, name: _):
            let truths = [among([id], workload.groupID.list), among([id], workload.groups)]
            if truths.contains(.some(true)) { return true }
            return truths.contains(nil) ? nil : false
        case .loginUser(let id, name: _): return among([id], workload.loginUserID.list)
        case .executable(let text): return among(text, workload.executable.list)
        case .sha256(let text): return among(text, workload.sha256.list)
        case .unit(let text): return among(text, workload.unit.list)
        case .slice(let text): return among(text, workload.slices)
        case .container(let text): return among(text, workload.container.list)
        case .pod(let text): return among(text, workload.pod.list)
        case .label(let text): return among(text, workload.label.list)
        }
    }

    private static func among(_ text: String, _ fact: Fact<[String]>) -> Bool? {
        among(Array(text.utf8), fact.mapped { $0.map { Array($0.utf8) } })
    }

    private static func among(_ number: [UInt32], _ fact: Fact<[UInt32]>) -> Bool? {
        among(number, fact.mapped { $0.map { [$0] } })
    }

    private static func among<Element: Hashable>(_ wanted: [Element], _ fact: Fact<[[Element]]>) -> Bool? {
        switch fact {
        case .known(let values): values.contains(wanted)
        case .none: false
        case .unknown: nil
        }
    }
}

/// What came out: who permits, and why it is or would be a denial.
struct NaiveDecision: Equatable {
    let grant: String?
    let reason: DenialReason?

    init(grant: String?, reason: DenialReason?) {
        (self.grant, self.reason) = (grant, reason)
    }

    init(_ decision: Decision) {
        switch decision {
        case .permit(let permit): self.init(grant: permit.grant, reason: permit.observed)
        case .deny(let reason): self.init(grant: nil, reason: reason)
        }
    }
}

extension Fact {
    fileprivate var list: Fact<[Value]> { mapped { [$0] } }

    fileprivate func mapped<Other>(_ transform: (Value) -> Other) -> Fact<Other> {
        switch self {
        case .known(let value): .known(transform(value))
        case .none: .none
        case .unknown(let why): .unknown(why)
        }
    }
}
