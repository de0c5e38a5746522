import BrokerTesting
import FoundationEssentials
import Testing

@testable import TokenBroker

/// A diagnosis names every fault between the daemon and a token, and the command that mends it.
struct DiagnosisTests {
    private static let now = Date(timeIntervalSince1970: 1_800_000_000)

    /// A comparison after a call that took no time, with a service whose clock shows half a second past a full one.
    private static func clock(ahead seconds: TimeInterval) -> ClockComparison {
        ClockComparison(serviceDate: now, sent: now + seconds + 0.5, received: now + seconds + 0.5)
    }

    private static func instance(_ settings: String) -> ScriptedMetadataSource {
        ScriptedMetadataSource { _ in .success(.document(Array(#"{"metadata_service":\#(settings)}"#.utf8))) }
    }

    private static let http = #"{"enabled":true,"protocol":"http","response_hop_limit":1}"#

    private func diagnosis(
        _ world: World,
        identity: ScriptedIdentitySource? = nil,
        metadata: ScriptedMetadataSource? = instance(http),
        iam: ScriptedServiceProbe = ScriptedServiceProbe(always: ServiceReading(clock: clock(ahead: 0)))
    ) -> InstanceDiagnosis {
        InstanceDiagnosis(
            broker: world.broker,
            identity: IdentityTokens(source: identity ?? world.identity, time: world.time),
            metadata: metadata.map { ConfiguredMetadata(source: $0, url: "http://169.254.169.254") },
            iam: iam
        )
    }

    private func finding(_ check: Finding.Check, in findings: [Finding]) throws -> Finding {
        try #require(findings.first { $0.check == check })
    }

    @Test func wherEverythingWorksEverythingIsSaidToWork() async throws {
        let world = try World()
        let findings = await diagnosis(world).findings()
        #expect(findings.map(\.check) == [.metadataService, .iam, .clock, .profile])
        #expect(findings.allSatisfy { $0.state == .ok && $0.repair == nil })
        #expect(findings.first?.message == "on at http://169.254.169.254: protocol http, response hop limit 1")
        #expect(findings.last?.subject == "reports")
        // The profile had no token: the diagnosis got one.
        #expect(world.exchanger.calls.count == 1)
    }

    @Test func aProfileWithAFreshTokenIsNotExchangedAgain() async throws {
        let world = try World()
        _ = try await world.ask().get()
        let findings = await diagnosis(world).findings()
        #expect(world.exchanger.calls.count == 1)
        #expect(findings.last?.message == "linked to this instance: its token is valid for 60 min")
    }

    @Test func aServiceThatIsOffIsAFaultWithItsCommand() async throws {
        let error = AcquisitionError(.metadataDisabled, "it is off", repair: "turn it on")
        let findings = await diagnosis(
            try World(),
            identity: ScriptedIdentitySource(.failure(error)),
            metadata: Self.instance(Self.http)
        )
        .findings()
        let finding = try finding(.metadataService, in: findings)
        #expect(finding == Finding(.metadataService, .fault, "it is off", repair: "turn it on"))
    }

    @Test func theOtherProtocolIsAFault() async throws {
        let https = #"{"enabled":true,"protocol":"https","response_hop_limit":3}"#
        let findings = await diagnosis(try World(), metadata: Self.instance(https)).findings()
        let finding = try finding(.metadataService, in: findings)
        #expect(finding.state == .fault)
        #expect(finding.message.contains("response hop limit 3"))
        #expect(finding.message.hasSuffix("set metadata.url to https://api.metadata.cloud.ibm.com"))
        #expect(finding.repair?.contains("config.yaml") == true)
    }

    @Test(arguments: ["null", "{}", #"{"enabled":true,"protocol":1,"response_hop_limit":1}"#])
    func settingsThatAreNotToldAreUnknown(settings: String) async throws {
        let findings = await diagnosis(try World(), metadata: Self.instance(settings)).findings()
        #expect(try finding(.metadataService, in: findings).state == .unknown)
    }

    @Test func anIdentityTokenThatIsNotAcceptedIsReplacedOnce() async throws {
        let rejected = AcquisitionError(.identityRejected, "not accepted")
        let source = ScriptedMetadataSource(
            .failure(rejected),
            .success(.document(Array(#"{"metadata_service":\#(Self.http)}"#.utf8)))
        )
        let findings = await diagnosis(try World(), metadata: source).findings()
        #expect(try finding(.metadataService, in: findings).state == .ok)
    }

    @Test func withoutAMetadataServiceTheTokenFileIsLookedAt() async throws {
        let world = try World()
        let good = await diagnosis(world, metadata: nil).findings()
        #expect(try finding(.identity, in: good).state == .ok)
        let error = AcquisitionError(.identityUnreadable, "cannot be read")
        let bad = await diagnosis(world, identity: ScriptedIdentitySource(.failure(error)), metadata: nil).findings()
        #expect(try finding(.identity, in: bad) == Finding(.identity, .fault, "cannot be read"))
    }

    @Test func anIAMThatDoesNotAnswerLeavesTheClockUnknown() async throws {
        let error = AcquisitionError(.unreachable, "no route")
        let findings = await diagnosis(try World(), iam: ScriptedServiceProbe(.failure(error))).findings()
        let iam = try finding(.iam, in: findings)
        #expect(iam.state == .fault)
        #expect(iam.repair?.hasPrefix("curl ") == true)
        #expect(try finding(.clock, in: findings).state == .unknown)
    }

    @Test func anAnswerWithoutADateLeavesTheClockUnknown() async throws {
        let probe = ScriptedServiceProbe(always: ServiceReading(clock: nil))
        let findings = await diagnosis(try World(), iam: probe).findings()
        #expect(try finding(.clock, in: findings).state == .unknown)
    }

    // Five seconds are tolerated, and half a second more may be the date that was cut to a whole second.
    @Test(arguments: [
        (0, Finding.State.ok, ""), (5.5, .ok, ""), (-5.5, .ok, ""), (5.6, .fault, "5.6 s ahead of IAM"),
        (-5.6, .fault, "5.6 s behind IAM"), (-86_400, .fault, "86400.0 s behind IAM"),
    ])
    func aClockThatIsWrongIsAFault(ahead: TimeInterval, state: Finding.State, distance: String) async throws {
        let probe = ScriptedServiceProbe(always: ServiceReading(clock: Self.clock(ahead: ahead)))
        let finding = try finding(.clock, in: await diagnosis(try World(), iam: probe).findings())
        #expect(finding.state == state)
        #expect(finding.message.contains(distance))
        #expect(finding.repair == (state == .ok ? nil : "sudo timedatectl set-ntp true"))
    }

    @Test func aSlowAnswerMakesTheComparisonLessCertain() {
        let comparison = ClockComparison(serviceDate: Self.now, sent: Self.now, received: Self.now + 4)
        #expect(comparison.offset == 1.5)
        #expect(comparison.uncertainty == 2.5)
        // A clock that was set back during the call does not make it negative.
        let back = ClockComparison(serviceDate: Self.now, sent: Self.now + 10, received: Self.now)
        #expect(back.uncertainty == 0.5)
    }

    @Test func aProfileThatIsNotLinkedIsAFaultWithItsCommand() async throws {
        let error = AcquisitionError(.profileNotLinked, "not linked", repair: "link it")
        let world = try World(exchanger: ScriptedExchanger { _ in .failure(error) })
        let finding = try finding(.profile, in: await diagnosis(world).findings())
        #expect(finding == Finding(.profile, .fault, "not linked", subject: "reports", repair: "link it"))
    }

    @Test(arguments: [("reports", "iam-broker unlock reports"), (nil, "iam-broker unlock")])
    func aLockedProfileIsAFaultThatUnlockMends(profile: String?, command: String) async throws {
        let world = try World()
        _ = try await world.broker.lock(try profile.map { try World.name($0) }, by: 0)
        let finding = try finding(.profile, in: await diagnosis(world).findings())
        #expect(finding.state == .fault)
        #expect(finding.repair == command)
        #expect(world.exchanger.calls.isEmpty)
    }

    @Test func whoeverAsksMeanwhileGetsTheSameFindings() async throws {
        let world = try World()
        let probe = ScriptedServiceProbe(always: ServiceReading(clock: Self.clock(ahead: 0)))
        probe.script.hold()
        let diagnosis = diagnosis(world, iam: probe)
        let first = Task.immediate { await diagnosis.findings() }
        await probe.script.arrivals(1)
        let second = Task.immediate { await diagnosis.findings() }
        // An actor takes jobs of one priority in order: this one comes after the second.
        #expect(await diagnosis.isUnderWay)
        probe.script.release()
        #expect(await first.value == second.value)
        #expect(probe.script.calls.count == 1)
        // The next one looks anew.
        _ = await diagnosis.findings()
        #expect(probe.script.calls.count == 2)
    }
}
