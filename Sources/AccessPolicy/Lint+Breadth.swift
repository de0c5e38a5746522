/// Grants and denials for more workloads than their author may think.
extension Lint {
    func broadGrants() -> [LintWarning] {
        grants.flatMap { subject -> [LintWarning] in
            var warnings: [LintWarning] = []
            if let grant = subject.grant, grant.mode == .observe, !grant.profiles.isEmpty {
                warnings.append(subject.warning("mode observe gives its profiles to everybody whom no denial names"))
            }
            for (index, pattern) in subject.workloads.enumerated() where !pattern.selectors.isEmpty {
                if pattern.selectors.allSatisfy(Self.holdsForNearlyAll) {
                    warnings.append(
                        subject.warning(
                            "workloads[\(index)] matches nearly every process; add what tells this one apart"
                        )
                    )
                } else if pattern.selectors.allSatisfy({ if case .executable = $0 { true } else { false } }) {
                    warnings.append(
                        subject.warning(
                            "workloads[\(index)] names an executable alone, which any user may run; add user, unit or sha256"
                        )
                    )
                }
            }
            return warnings
        }
    }

    func broadDenials() -> [LintWarning] {
        denials.flatMap { subject in
            subject.workloads.enumerated()
                .compactMap { index, pattern -> LintWarning? in
                    guard !pattern.selectors.isEmpty else { return nil }
                    if pattern.selectors.allSatisfy(Self.holdsForNearlyAll) {
                        return subject.warning("workloads[\(index)] denies nearly every process")
                    }
                    guard pattern.selectors.allSatisfy(Self.isProgram) else { return nil }
                    return subject.warning(
                        "workloads[\(index)] also denies everybody whose program is unknown; add user or uid"
                    )
                }
        }
    }

    private static func holdsForNearlyAll(_ selector: Selector) -> Bool {
        switch selector {
        case .slice("-.slice"), .label("unconfined"): true
        default: false
        }
    }

    private static func isProgram(_ selector: Selector) -> Bool {
        switch selector {
        case .executable, .sha256: true
        default: false
        }
    }
}
