import AccessPolicy
import BrokerMetrics
import BrokerTesting
import FoundationEssentials
import JOSE
import NIOCore
import NIOPosix
import Testing
import TokenBroker

@testable import BrokerDaemon

/// What is counted and timed while the daemon works.
struct MeasuredUpstreamTests {
    private let registry = MetricRegistry()
    private let time = ManualTime()

    private func lines(_ prefix: String) -> [String] {
        registry.page { _ in }.split(separator: "\n").map(String.init)
            .filter { $0.hasPrefix(prefix) && !$0.hasSuffix(" 0") }
    }

    private static let identity = InstanceIdentityToken(
        compact: Redacted("identity"),
        expiresAt: ManualTime.start.addingTimeInterval(300)
    )

    private func upstream(_ exchanger: ScriptedExchanger, _ keys: ScriptedKeySetSource) -> MeasuredUpstream {
        MeasuredUpstream(
            source: ScriptedIdentitySource(always: Self.identity),
            exchanger: exchanger,
            keys: keys,
            registry: registry,
            time: time
        )
    }

    private func profile() throws -> TrustedProfile {
        let id = try #require(ProfileID("Profile-5f2d1c3a-8b4e-4d7f-9a6c-0e1b2d3f4a5b"))
        return TrustedProfile(name: try #require(ProfileName("reports")), reference: .id(id))
    }

    @Test func aCallIsTimedWhateverComesOfIt() async throws {
        let exchanger = ScriptedExchanger(.failure(AcquisitionError(.rateLimited, "slow down")))
        let upstream = upstream(exchanger, ScriptedKeySetSource())
        exchanger.script.hold()
        let call = Task { try await upstream.exchange(Self.identity, for: profile()) }
        await exchanger.script.arrivals(1)
        time.advance(by: .milliseconds(1_500))
        exchanger.script.release()
        await #expect(throws: AcquisitionError.self) { try await call.value }
        let name = "iam_broker_upstream_duration_seconds"
        #expect(lines("\(name)_sum") == [#"\#(name)_sum{call="token_exchange"} 1.5"#])
        #expect(lines("\(name)_count") == [#"\#(name)_count{call="token_exchange"} 1"#])
        #expect(lines("\(name)_bucket").first == #"\#(name)_bucket{call="token_exchange",le="2.5"} 1"#)
        #expect(
            lines("iam_broker_upstream_errors") == [
                #"iam_broker_upstream_errors_total{call="token_exchange",code="rate_limited"} 1"#
            ]
        )
    }

    @Test func eachKindOfCallIsTimedByItself() async throws {
        let mint = try TokenMint()
        let token = try mint.token(issuedAt: ManualTime.start)
        let upstream = upstream(ScriptedExchanger(.success(token)), ScriptedKeySetSource(always: try mint.keySet()))
        _ = try await upstream.identityToken()
        _ = try await upstream.keySet()
        let exchanged = try await upstream.exchange(Self.identity, for: profile())
        #expect(exchanged.compact.exposed == token.compact.exposed)
        #expect(
            lines("iam_broker_upstream_duration_seconds_count")
                == ["identity_token", "key_set", "token_exchange"]
                .map { #"iam_broker_upstream_duration_seconds_count{call="\#($0)"} 1"# }
        )
        #expect(lines("iam_broker_upstream_errors").isEmpty)
        // What passes by is not in what is served.
        #expect(!registry.page { _ in }.contains(token.compact.exposed))
    }

    @Test func errorsAreServedBeforeThereAreAny() {
        _ = upstream(ScriptedExchanger(), ScriptedKeySetSource())
        let page = registry.page { _ in }
        #expect(page.contains(#"iam_broker_upstream_errors_total{call="key_set",code="timed_out"} 0"#))
    }

    @Test func attemptsAreCountedByTheirEnd() throws {
        let name = try #require(ProfileName("reports"))
        let audit = CountedAudit(profiles: [name], registry: registry, time: time)
        #expect(audit.mayProceed)
        #expect(
            registry.page { _ in }.contains(#"iam_broker_acquisitions_total{profile="reports",outcome="obtained"} 0"#)
        )
        #expect(lines("iam_broker_token_last_success").isEmpty)
        audit.record(.acquisitionFailed(name, AcquisitionError(.unreachable, "no connection")))
        audit.record(.acquisitionFailed(name, AcquisitionError(.unreachable, "no connection")))
        audit.record(.tokenDropped(name))
        #expect(lines("iam_broker_token_last_success").isEmpty)
        #expect(
            lines("iam_broker_acquisitions") == [
                #"iam_broker_acquisitions_total{profile="reports",outcome="unreachable"} 2"#
            ]
        )
    }

    @Test func aTokenThatWasTakenOverSucceededWhenItWasObtained() throws {
        let name = try #require(ProfileName("reports"))
        let audit = CountedAudit(profiles: [name], registry: registry, time: time)
        let token = AuditedToken(tokenID: nil, fingerprint: "00", expiresAt: time.now.wall)
        audit.record(.tokenTakenOver(name, token, obtainedAt: Date(timeIntervalSince1970: 1_800_000_000)))
        #expect(
            lines("iam_broker_token_last_success") == [
                #"iam_broker_token_last_success_timestamp_seconds{profile="reports"} 1800000000"#
            ]
        )
        // It was not this instance that obtained it.
        #expect(
            registry.page { _ in }.contains(#"iam_broker_acquisitions_total{profile="reports",outcome="obtained"} 0"#)
        )
    }

    @Test(arguments: [
        (Duration.seconds(3), Int64(3_000_000_000)), (.nanoseconds(7), 7), (.seconds(Int64.max), Int64.max),
        (.seconds(Int64.min), Int64.min), (.zero, 0),
    ])
    func aSpanIsGivenInNanoseconds(span: Duration, nanoseconds: Int64) {
        #expect(span.wholeNanoseconds == nanoseconds)
    }

    @Test(.timeLimit(.minutes(2))) func everyEventLoopIsLookedAtAtOnce() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 2)
        let watch = EventLoopWatch(group: group, registry: registry)
        let task = Task { try await watch.run() }
        func counts() -> [String] { lines("iam_broker_event_loop_lag_seconds_count") }
        while counts().count < 2 { await Task.yield() }
        #expect(
            counts() == ["0", "1"].map { #"iam_broker_event_loop_lag_seconds_count{loop="\#($0)"} 1"# }
        )
        task.cancel()
        _ = await task.result
        try await group.shutdownGracefully()
    }

    @Test func theKernelKnowsThisProcess() throws {
        let now = SystemTime().now
        let figures = ProcessFigures(now: now)
        let started = try #require(figures.startedAt)
        #expect(started <= now.wall.timeIntervalSince1970 + 1 && started > now.wall.timeIntervalSince1970 - 86_400)
        #expect(try #require(figures.residentMemory) > 1_000_000)
        #expect(try #require(figures.processorTime) > 0)
        let open = try #require(figures.openFiles)
        let most = try #require(figures.maximumFiles)
        #expect(open > 2 && open < most)
    }
}
