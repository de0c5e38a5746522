import AccessPolicy
import Testing

@testable import TokenBroker

/// What operators are told of the daemon's health: each way to be unwell, and its way back.
struct HealthTests {
    /// A change of the state that makes it worse, and the change that takes it back.
    struct Trouble: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let verdict: Health.Verdict
        /// Who is named.
        let subject: HealthFinding.Subject
        let name: String
        /// A part of what is said.
        let says: String
        let command: String?
        let begins: @Sendable (inout HealthState) -> Void
        let ends: @Sendable (inout HealthState) -> Void
    }

    private static let error = AcquisitionError(.unreachable, "iam cannot be reached")
    private static let repairable = AcquisitionError(.metadataDisabled, "it is off", repair: "ibmcloud is enable")

    private static func profile(
        _ description: String,
        _ verdict: Health.Verdict,
        says: String,
        command: String? = "iam-broker doctor",
        ends: @escaping @Sendable (inout HealthState.Profile) -> Void = { $0 = well("reports") },
        begins: @escaping @Sendable (inout HealthState.Profile) -> Void
    ) -> Trouble {
        Trouble(
            testDescription: description,
            verdict: verdict,
            subject: .profile,
            name: "reports",
            says: says,
            command: command,
            begins: { begins(&$0.profiles[0]) },
            ends: { ends(&$0.profiles[0]) }
        )
    }

    private static func well(_ name: String) -> HealthState.Profile {
        guard let name = ProfileName(name) else { preconditionFailure("a name of this test") }
        var profile = HealthState.Profile(name: name, state: .fresh)
        profile.expiresIn = .seconds(3_000)
        return profile
    }

    private static func fails(_ profile: inout HealthState.Profile, ago: Duration) {
        (profile.state, profile.error, profile.expiresIn, profile.sinceFailure) = (.failing, error, nil, ago)
    }

    private static func upkeep(_ kind: HealthState.Upkeep.Kind, _ trouble: String, _ command: String) -> Trouble {
        let subject = HealthFinding.Subject(rawValue: kind.rawValue) ?? .policy
        return Trouble(
            testDescription: "\(kind) \(trouble)",
            verdict: .degraded,
            subject: subject,
            name: "x",
            says: "it is \(trouble): why",
            command: command,
            begins: { $0.upkeep = [.init(kind: kind, name: "x", trouble: trouble, error: "why")] },
            ends: { $0.upkeep = [.init(kind: kind, name: "x")] }
        )
    }

    static let troubles: [Trouble] = [
        profile("the last attempt failed", .failing, says: "it has no token: unreachable: iam cannot be reached") {
            fails(&$0, ago: .seconds(1))
        },
        profile("the command that mends it is known", .failing, says: "it is off", command: "ibmcloud is enable") {
            fails(&$0, ago: .seconds(1))
            $0.error = repairable
        },
        profile("it failed almost too long ago", .failing, says: "no token") { fails(&$0, ago: .seconds(599)) },
        profile("callers are refused without another attempt", .failing, says: "tries again in 30 s") {
            fails(&$0, ago: .seconds(600))
            ($0.isBreakerOpen, $0.nextAttemptIn) = (true, .seconds(30))
        },
        profile("the broker goes on trying", .failing, says: "no token") {
            fails(&$0, ago: .seconds(7_200))
            $0.isPrefetched = true
        },
        profile("it failed long ago, and nobody asked since", .degraded, says: "the next request tries again") {
            fails(&$0, ago: .seconds(600))
        },
        // Time alone makes that better, too.
        profile(
            "a failure grows old",
            .failing,
            says: "no token",
            ends: { $0 = well("reports") },
            begins: { fails(&$0, ago: .seconds(300)) }
        ),
        profile("the first token is not here", .failing, says: "its first token is not here yet") {
            ($0.state, $0.isPrefetched, $0.expiresIn) = (.absent, true, nil)
        },
        profile("renewal fails while a token lives", .degraded, says: "its token, which lives for 3000 s, could not") {
            ($0.state, $0.error) = (.stale, error)
        },
        profile("a demanded renewal failed", .degraded, says: "could not be renewed") { $0.error = error },
        Trouble(
            testDescription: "audit.required, and it cannot be written",
            verdict: .failing,
            subject: .audit,
            name: "/var/lib/iam-broker/audit/audit.jsonl",
            says: "lets nothing out unrecorded: the disk is full",
            command: "df -h /var/lib/iam-broker/audit",
            begins: {
                $0.audit?.isFailing = true
                $0.audit?.isRequired = true
                $0.audit?.error = "the disk is full"
            },
            ends: { $0.audit?.isFailing = false }
        ),
        Trouble(
            testDescription: "the audit log cannot be written",
            verdict: .degraded,
            subject: .audit,
            name: "/var/lib/iam-broker/audit/audit.jsonl",
            says: "in the journal alone",
            command: "df -h /var/lib/iam-broker/audit",
            begins: { $0.audit?.isFailing = true },
            ends: { $0.audit?.isFailing = false }
        ),
        Trouble(
            testDescription: "nothing listens",
            verdict: .failing,
            subject: .listener,
            name: "/run/w",
            says: "nothing listens there",
            command: "systemctl status iam-brokerd",
            begins: { $0.listeners[0].isListening = false },
            ends: { $0.listeners[0].isListening = true }
        ),
        Trouble(
            testDescription: "an event loop hangs",
            verdict: .failing,
            subject: .eventLoop,
            name: "1",
            says: "did not turn for 10 s",
            command: "systemctl restart iam-brokerd",
            begins: { $0.eventLoops[1] = .seconds(10) },
            ends: { $0.eventLoops[1] = .milliseconds(9_999) }
        ),
        Trouble(
            testDescription: "a policy was refused",
            verdict: .degraded,
            subject: .policy,
            name: "",
            says: "generation 3 stays in force: line 7",
            command: "iam-broker check",
            begins: { ($0.policy.refusal, $0.policy.generation) = ("line 7", 3) },
            ends: { $0.policy.refusal = nil }
        ),
        Trouble(
            testDescription: "nobody may have anything",
            verdict: .degraded,
            subject: .policy,
            name: "",
            says: "no grant",
            command: "iam-broker check",
            begins: { $0.policy.grants = 0 },
            ends: { $0.policy.grants = 1 }
        ),
        upkeep(.sink, "failing", "iam-broker doctor"), upkeep(.certificate, "expired", "iam-broker doctor"),
        upkeep(.rotation, "halted", "iam-broker rotation status x"),
    ]

    private static var green: HealthState {
        var state = HealthState()
        state.profiles = [well("reports"), well("archive")]
        state.audit = .init(file: "/var/lib/iam-broker/audit/audit.jsonl")
        state.listeners = [.init(name: "/run/w", isListening: true)]
        state.eventLoops = [.zero, .zero]
        return state
    }

    @Test(arguments: troubles)
    func everyTroubleIsNamedAndHasAWayBack(_ trouble: Trouble) throws {
        var state = Self.green
        #expect(Health.readiness(of: state).verdict == .ok)
        trouble.begins(&state)
        let health = Health.readiness(of: state)
        #expect(health.verdict == trouble.verdict)
        #expect(health.findings.count == 1)
        let finding = try #require(health.findings.first)
        #expect(finding.subject == trouble.subject)
        #expect(finding.name == trouble.name)
        #expect(finding.message.contains(trouble.says), "\(finding.message)")
        #expect(finding.commands.first == trouble.command)
        // Liveness is about the process alone: restarting it mends nothing else.
        let isLoop = trouble.subject == .eventLoop
        #expect(Health.liveness(of: state).verdict == (isLoop ? .failing : .ok))
        trouble.ends(&state)
        #expect(Health.readiness(of: state).verdict == .ok)
        #expect(Health.readiness(of: state).findings.isEmpty)
    }

    @Test func everySubjectIsInTheTable() {
        #expect(Set(Self.troubles.map(\.subject)) == Set(HealthFinding.Subject.allCases))
    }

    /// Whether each combination of a profile's state is a red, whatever else is so, and that no red stays when it gets a token.
    @Test func everyStateOfAProfileHasItsVerdict() {
        let states: [ProfileStatus.State] = [.fresh, .stale, .absent, .failing, .locked]
        for state in states {
            for error in [nil, Self.error] {
                for isPrefetched in [false, true] {
                    for isBreakerOpen in [false, true] {
                        for ago in [0, 599, 600] {
                            var profile = Self.well("reports")
                            (profile.state, profile.error, profile.isPrefetched) = (state, error, isPrefetched)
                            (profile.isBreakerOpen, profile.sinceFailure) = (isBreakerOpen, .seconds(ago))
                            let isServed = state == .fresh || state == .stale || state == .locked
                            let isStanding = isPrefetched || isBreakerOpen || ago < 600
                            let expected: Health.Verdict =
                                if isServed {
                                    error == nil || state == .locked ? .ok : .degraded
                                } else if error == nil {
                                    state == .absent && !isPrefetched ? .ok : .failing
                                } else {
                                    isStanding ? .failing : .degraded
                                }
                            var health = Self.green
                            health.profiles = [profile]
                            #expect(Health.readiness(of: health).verdict == expected, "\(profile)")
                            (profile.state, profile.error) = (.fresh, nil)
                            health.profiles = [profile]
                            #expect(Health.readiness(of: health).verdict == .ok)
                        }
                    }
                }
            }
        }
    }

    @Test func aLockIsAsAnOperatorWantsIt() throws {
        var state = Self.green
        (state.profiles[0].state, state.profiles[1].state) = (.locked, .locked)
        state.profiles[1].isLockedWithAll = true
        let health = Health.readiness(of: state)
        #expect(health.verdict == .ok)
        #expect(health.findings.map(\.severity) == [.note, .note])
        #expect(health.findings.map(\.commands) == [["iam-broker unlock reports"], ["iam-broker unlock"]])
    }

    @Test func theWorstIsSaidFirst() {
        var state = Self.green
        state.profiles[0].state = .locked
        state.policy.refusal = "line 7"
        Self.fails(&state.profiles[1], ago: .zero)
        let health = Health.readiness(of: state)
        #expect(health.findings.map(\.severity) == [.failing, .degraded, .note])
        #expect(health.findings.map(\.subject) == [.profile, .policy, .profile])
    }

    @Test func noShellReadsWhatIsNoPlainPath() {
        var state = Self.green
        state.audit = .init(file: "/var/lib/$(reboot)/audit.jsonl")
        state.audit?.isFailing = true
        #expect(Health.readiness(of: state).findings.first?.commands == [])
    }
}
