internal import AccessPolicy

/// What a state means for those who ask whether the daemon is alive, and whether it can serve.
///
/// Both are functions of ``HealthState`` alone: whatever makes an answer bad stops doing so as soon as the state is another.
package struct Health: Sendable, Equatable {
    package enum Verdict: String, Sendable {
        case ok, degraded, failing
    }

    /// The worst first.
    package let findings: [HealthFinding]

    private init(_ findings: [HealthFinding]) {
        self.findings = HealthFinding.Severity.allCases.flatMap { severity in
            findings.filter { $0.severity == severity }
        }
    }

    package var verdict: Verdict {
        switch findings.first?.severity {
        case .failing: .failing
        case .degraded: .degraded
        case .note, nil: .ok
        }
    }

    /// Whether the event loops turn.
    ///
    /// Nothing outside the process has a say in it: restarting the daemon would not mend that.
    package static func liveness(of state: HealthState) -> Health { Health(eventLoops(state)) }

    /// Whether everybody who may have a token gets one.
    ///
    /// A profile that nobody needs yet can be served, as far as anybody knows. A locked one is as an operator wants it. One with
    /// a token that lives is served, whatever its renewal does. See docs/health.md.
    package static func readiness(of state: HealthState) -> Health {
        Health(
            eventLoops(state) + listeners(state) + audit(state) + policy(state)
                + state.profiles.compactMap(finding) + state.upkeep.compactMap(finding)
        )
    }

    /// An event loop that did not turn for so long does not answer.
    package static let longestTurn: Duration = .seconds(10)
    /// How long a failure counts that nobody tries to overcome: longer than a back-off lasts.
    package static let failureMemory: Duration = .seconds(600)

    private static func eventLoops(_ state: HealthState) -> [HealthFinding] {
        state.eventLoops.enumerated()
            .compactMap { index, since in
                guard since >= longestTurn else { return nil }
                return HealthFinding(
                    .failing,
                    .eventLoop,
                    "\(index)",
                    "the event loop did not turn for \(since.components.seconds) s, so its connections wait",
                    "systemctl restart iam-brokerd"
                )
            }
    }

    private static func listeners(_ state: HealthState) -> [HealthFinding] {
        state.listeners.filter { !$0.isListening }
            .map {
                HealthFinding(
                    .failing,
                    .listener,
                    $0.name,
                    "nothing listens there: the daemon starts, stops, or lost the socket",
                    "systemctl status iam-brokerd"
                )
            }
    }

    private static func audit(_ state: HealthState) -> [HealthFinding] {
        guard let audit = state.audit, audit.isFailing else { return [] }
        let reason = audit.error.map { ": \($0)" } ?? ""
        return [
            HealthFinding(
                audit.isRequired ? .failing : .degraded,
                .audit,
                audit.file,
                audit.isRequired
                    ? "it cannot be written, and audit.required lets nothing out unrecorded\(reason)"
                    : "it cannot be written, so what is handed out is in the journal alone\(reason)",
                commands(for: audit)
            )
        ]
    }

    /// Only what a shell takes as it is becomes part of a command.
    private static func commands(for audit: HealthState.Audit) -> [String] {
        guard let slash = audit.file.lastIndex(of: "/"), slash != audit.file.startIndex else { return [] }
        let folder = audit.file[..<slash]
        let isPlain = folder.unicodeScalars.allSatisfy {
            $0.isASCII && ($0.properties.isAlphabetic || ("0"..."9").contains($0) || "/._-".unicodeScalars.contains($0))
        }
        return isPlain ? ["df -h \(folder)", "iam-broker audit verify \(folder)"] : []
    }

    private static func policy(_ state: HealthState) -> [HealthFinding] {
        if let refusal = state.policy.refusal {
            return [
                HealthFinding(
                    .degraded,
                    .policy,
                    "",
                    "the last change was refused, and generation \(state.policy.generation) stays in force: \(refusal)",
                    "iam-broker check"
                )
            ]
        }
        guard state.policy.grants == 0 else { return [] }
        return [HealthFinding(.degraded, .policy, "", "it has no grant, so everybody is refused", "iam-broker check")]
    }

    private static func finding(_ profile: HealthState.Profile) -> HealthFinding? {
        let name = profile.name.rawValue
        switch (profile.state, profile.error) {
        case (.locked, _):
            return HealthFinding(
                .note,
                .profile,
                name,
                "an operator locked it, so nobody gets its token",
                profile.isLockedWithAll ? "iam-broker unlock" : "iam-broker unlock \(name)"
            )
        case (.fresh, nil), (.stale, nil):
            return nil
        case (.fresh, let error?), (.stale, let error?):
            let rest = profile.expiresIn.map { ", which lives for \($0.components.seconds) s," } ?? ""
            return trouble(.degraded, profile, "its token\(rest) could not be renewed: \(error)", error)
        case (.absent, nil) where profile.isPrefetched:
            return HealthFinding(.failing, .profile, name, "its first token is not here yet", "iam-broker doctor")
        case (.absent, nil):
            return nil
        case (.absent, let error?), (.failing, let error?):
            guard isStanding(profile) else {
                let message = "nobody has asked since its last attempt failed; the next request tries again: \(error)"
                return trouble(.degraded, profile, message, error)
            }
            return trouble(.failing, profile, "it has no token: \(error)", error)
        case (.failing, nil):
            // There is no such state; should there ever be one, it is not a good one.
            return HealthFinding(.failing, .profile, name, "it has no token", "iam-broker doctor")
        }
    }

    /// Whether a failure says something of now: the broker goes on trying, callers are refused, or it was not long ago.
    private static func isStanding(_ profile: HealthState.Profile) -> Bool {
        profile.isPrefetched || profile.isBreakerOpen || profile.sinceFailure < failureMemory
    }

    private static func trouble(
        _ severity: HealthFinding.Severity,
        _ profile: HealthState.Profile,
        _ message: String,
        _ error: AcquisitionError
    ) -> HealthFinding {
        let next = profile.nextAttemptIn.map { "; the broker tries again in \($0.components.seconds) s" } ?? ""
        let name = profile.name.rawValue
        return HealthFinding(
            severity,
            .profile,
            name,
            message + next,
            error.repair ?? "iam-broker doctor",
            "iam-broker refresh \(name)"
        )
    }

    private static func finding(_ upkeep: HealthState.Upkeep) -> HealthFinding? {
        guard !upkeep.trouble.isEmpty else { return nil }
        let message = "it is \(upkeep.trouble)" + (upkeep.error.map { ": \($0)" } ?? "")
        return switch upkeep.kind {
        case .sink: HealthFinding(.degraded, .sink, upkeep.name, message, "iam-broker doctor")
        case .certificate: HealthFinding(.degraded, .certificate, upkeep.name, message, "iam-broker doctor")
        case .rotation:
            HealthFinding(
                .degraded,
                .rotation,
                upkeep.name,
                message,
                "iam-broker rotation status \(upkeep.name)",
                "iam-broker rotation history \(upkeep.name)"
            )
        }
    }
}
