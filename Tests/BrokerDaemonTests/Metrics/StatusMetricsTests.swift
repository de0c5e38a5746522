import BrokerAPI
import BrokerMetrics
import Testing

@testable import BrokerDaemon

/// What operators are told, as numbers.
struct StatusMetricsTests {
    private static let now = 1_000_000.0

    private func lines(_ prefix: String, _ status: StatusResponse) -> [String] {
        MetricRegistry().page { $0.add(status, now: Self.now) }.split(separator: "\n").map(String.init)
            .filter { $0.hasPrefix(prefix) }
    }

    private func lines(_ prefix: String, _ plan: RotationsResponse.Plan) -> [String] {
        MetricRegistry().page { $0.add(plan, now: Self.now) }.split(separator: "\n").map(String.init)
            .filter { $0.hasPrefix(prefix) }
    }

    private func status(_ profile: StatusResponse.Profile) -> StatusResponse {
        StatusResponse(version: "1", profiles: [profile], keyIDs: [])
    }

    @Test(arguments: ["fresh", "stale", "absent", "failing", "locked"])
    func aProfileIsInOneState(state: String) {
        let profile = StatusResponse.Profile(name: "p", state: state, breaker: "open", consecutiveFailures: 7)
        let found = lines("iam_broker_profile_state", status(profile))
        #expect(found.count == 5)
        #expect(found.filter { $0.hasSuffix(" 1") } == [#"iam_broker_profile_state{profile="p",state="\#(state)"} 1"#])
        let breaker = lines("iam_broker_breaker_state", status(profile))
        #expect(breaker.filter { $0.hasSuffix(" 1") } == [#"iam_broker_breaker_state{profile="p",state="open"} 1"#])
        #expect(
            lines("iam_broker_consecutive_failures", status(profile)) == [
                #"iam_broker_consecutive_failures{profile="p"} 7"#
            ]
        )
    }

    @Test(arguments: [(nil, 0), (0, 0), (-3, 0), (1_234, 1_234)])
    func aTokenThatIsNotThereHasNoLifeLeft(expiresIn: Int?, served: Int) {
        let profile = StatusResponse.Profile(
            name: "p",
            state: "fresh",
            expiresIn: expiresIn,
            breaker: "closed",
            consecutiveFailures: 0
        )
        #expect(
            lines("iam_broker_token_remaining", status(profile)) == [
                #"iam_broker_token_remaining_seconds{profile="p"} \#(served)"#
            ]
        )
        #expect(lines("iam_broker_token_next_attempt", status(profile)).isEmpty)
    }

    @Test(arguments: [(nil, 1), ("line 3: no such grant", 0)])
    func aRefusedPolicyIsSeen(error: String?, success: Int) {
        var status = StatusResponse(version: "1", profiles: [], keyIDs: [])
        status.policy = .init(generation: 4, loadedAt: 900_000, grants: 1, denials: 0, lastError: error)
        #expect(
            lines("iam_broker_policy", status) == [
                "iam_broker_policy_generation 4", "iam_broker_policy_loaded_timestamp_seconds 900000",
                "iam_broker_policy_last_reload_successful \(success)",
            ]
        )
    }

    @Test(arguments: [true, false])
    func theAuditLogIsSeen(isFailing: Bool) {
        var status = StatusResponse(version: "1", profiles: [], keyIDs: [])
        status.audit = .init(
            file: "/audit/secret-name",
            written: 12,
            queued: 3,
            lost: 2,
            isFailing: isFailing,
            lastError: "disk full",
            head: "12:abc"
        )
        #expect(
            lines("iam_broker_audit", status) == [
                "iam_broker_audit_written_total 12", "iam_broker_audit_queued 3", "iam_broker_audit_lost_total 2",
                "iam_broker_audit_failing \(isFailing ? 1 : 0)",
            ]
        )
        // Texts are for people who may read them.
        let page = MetricRegistry().page { $0.add(status, now: Self.now) }
        #expect(!page.contains("disk") && !page.contains("/audit"))
    }

    @Test func filesAreSeen() {
        var status = StatusResponse(version: "1", profiles: [], keyIDs: [])
        status.sinks = [
            .init(name: "s", profile: "p", path: "/x", state: "denied", expiresAt: nil, expiresIn: nil, lastError: "no")
        ]
        status.certificates = [
            .init(
                name: "c",
                state: "failing",
                serial: "ab",
                expiresAt: 1,
                expiresIn: 77,
                nextAttemptIn: 5,
                lastError: "no"
            )
        ]
        #expect(
            lines("iam_broker_sink", status).filter { !$0.hasSuffix(" 0") } == [
                #"iam_broker_sink_state{sink="s",state="denied"} 1"#
            ]
        )
        #expect(
            lines("iam_broker_certificate", status).filter { !$0.hasSuffix(" 0") } == [
                #"iam_broker_certificate_state{certificate="c",state="failing"} 1"#,
                #"iam_broker_certificate_remaining_seconds{certificate="c"} 77"#,
            ]
        )
    }

    @Test func aRotationUnderWayHasAPhaseAndNoStart() {
        var plan = RotationsResponse.Plan(name: "r", kind: "iam-api-key", profile: "p", state: "rotating")
        plan.key = .init(id: "k", createdAt: 999_900, verifiedAt: nil, publishedAt: nil)
        plan.maximumAge = 7_776_000
        plan.rotation = .init(
            id: "i",
            startedAt: 999_000,
            phase: "prove idle",
            since: 999_940,
            until: nil,
            phases: [],
            attempts: 2,
            lastFault: "x",
            newKey: "n",
            oldKey: "k",
            missing: []
        )
        #expect(
            lines("iam_broker_rotation", plan).filter { !$0.hasSuffix(" 0") } == [
                #"iam_broker_rotation_state{plan="r",state="rotating"} 1"#,
                #"iam_broker_rotation_phase_age_seconds{plan="r",phase="prove idle"} 60"#,
                #"iam_broker_rotation_attempts{plan="r"} 2"#, #"iam_broker_rotation_key_age_seconds{plan="r"} 100"#,
                #"iam_broker_rotation_key_max_age_seconds{plan="r"} 7776000"#,
            ]
        )
    }

    @Test func aClockThatWasSetBackMakesNoNegativeAge() {
        var plan = RotationsResponse.Plan(name: "r", kind: "iam-api-key", profile: "p", state: "waiting")
        plan.key = .init(id: "k", createdAt: 2_000_000, verifiedAt: nil, publishedAt: nil)
        (plan.nextAt, plan.lastSuccess, plan.failures) = (1_000_500, 999_999, 3)
        #expect(
            lines("iam_broker_rotation", plan).filter { !$0.contains("state=") } == [
                #"iam_broker_rotation_next_start_timestamp_seconds{plan="r"} 1000500"#,
                #"iam_broker_rotation_last_success_timestamp_seconds{plan="r"} 999999"#,
                #"iam_broker_rotation_failures{plan="r"} 3"#, #"iam_broker_rotation_key_age_seconds{plan="r"} 0"#,
            ]
        )
    }
}
