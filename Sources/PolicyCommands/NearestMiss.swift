internal import AccessPolicy
internal import FoundationEssentials

/// What stood between a workload and the decision that was expected, in words.
enum NearestMiss {
    static func lines(_ item: PolicyCase, _ policy: Policy, at instant: Date) -> [String] {
        let (denials, grants) = policy.obstacles(item.workload, item.question, at: instant, limit: 1)
        var lines =
            denials
            .map { denial in
                "denial '\(denial.name)' at \(denial.place) applies: \(words(denial, item.workload) { _ in true })"
            }
        if let grant = grants.first {
            let time = grant.holdsNow ? "" : " does not hold at this time;"
            lines.append(
                "nearest grant '\(grant.name)' at \(grant.place):\(time) \(words(grant, item.workload) { $0 != .same })"
            )
        } else {
            lines.append("no grant gives \(item.question) to anybody")
        }
        return lines
    }

    private static func words(
        _ subject: Explanation.Subject,
        _ workload: Workload,
        where isShown: (Comparison) -> Bool
    ) -> String {
        guard let pattern = subject.patterns.first, !pattern.selectors.isEmpty else { return "it names nobody" }
        let shown = pattern.selectors.filter { isShown($0.comparison) }
            .map { "\(name($0.selector)) is \(fact($0.selector, workload))" }
        return shown.isEmpty ? "it names this workload" : shown.joined(separator: "; ")
    }

    private static func name(_ selector: Selector) -> String {
        switch selector {
        case .user(let id, let name): "user \(name ?? "\(id)")"
        case .group(let id, let name): "group \(name ?? "\(id)")"
        case .loginUser(let id, let name): "login user \(name ?? "\(id)")"
        case .executable(let path): "executable \(path)"
        case .sha256(let digest): "sha256 \(digest)"
        case .unit(let name): "unit \(name)"
        case .slice(let name): "slice \(name)"
        case .container(let id): "container \(id)"
        case .pod(let id): "pod \(id)"
        case .label(let label): "label \(label)"
        }
    }

    /// How the workload compares: `asked, has …`.
    private static func fact(_ selector: Selector, _ workload: Workload) -> String {
        let actual: String =
            switch selector {
            case .user: "\(workload.userID)"
            case .group: "\(value(workload.groupID)) and \(value(workload.groups))"
            case .loginUser: value(workload.loginUserID)
            case .executable: value(workload.executable)
            case .sha256: value(workload.sha256)
            case .unit: value(workload.unit)
            case .slice: value(workload.slices)
            case .container: value(workload.container)
            case .pod: value(workload.pod)
            case .label: value(workload.label)
            }
        return "asked for, the workload has \(actual)"
    }

    private static func value<Value>(_ fact: Fact<Value>) -> String {
        switch fact {
        case .known(let value): "\(value)"
        case .none: "none"
        case .unknown: "an unknown one"
        }
    }
}
