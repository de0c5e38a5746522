import Testing

@testable import FleetSimulation

/// The limit and the outage of the modelled IAM.
struct ModelledIAMTests {
    private static func iam(_ limit: Double, outage: Range<Double> = 0..<0) -> ModelledIAM {
        var scenario = FleetScenario(nodes: 1)
        (scenario.iamCallsPerSecond, scenario.outage) = (limit, outage)
        return ModelledIAM(scenario)
    }

    @Test func oneSecondsCallsMayComeAtOnceAndThenAsManyAsTheLimitSays() {
        var iam = Self.iam(5)
        let now = VirtualTime(seconds: 100)
        for _ in 0..<5 { #expect(iam.call(at: now) == .granted(issuedAt: 100)) }
        #expect(iam.call(at: now) == .limited)
        #expect(iam.call(at: now.after(0.199)) == .limited)
        #expect(iam.call(at: now.after(0.2)) == .granted(issuedAt: 100))
        #expect(iam.call(at: now.after(0.2)) == .limited)
        // What is not used is not saved up.
        for _ in 0..<5 { #expect(iam.call(at: now.after(900)) == .granted(issuedAt: 1_000)) }
        #expect(iam.call(at: now.after(900)) == .limited)
    }

    @Test(arguments: [(9.999, false), (10.0, true), (19.999, true), (20.0, false)])
    func anOutageEndsWhenItIsSaidTo(second: Double, isOut: Bool) {
        var iam = Self.iam(5, outage: 10..<20)
        #expect((iam.call(at: VirtualTime(seconds: second)) == .unavailable) == isOut)
    }
}
