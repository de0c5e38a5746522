import AccessPolicy
import BrokerMetrics
import KeyRotation
import Testing
import TokenBroker

@testable import BrokerDaemon
@testable import BrokerServer

/// The words of the catalogue are those of the types that say them.
struct CatalogueWordTests {
    private func words(_ family: MetricFamily, _ label: String) -> [String] {
        guard case .these(let words) = family.labels.first(where: { $0.name == label })?.values else { return [] }
        return words
    }

    @Test func outcomes() {
        #expect(words(.tokenRequests, "outcome") == HandoutOutcome.allCases.map(\.rawValue))
        #expect(words(.acquisitions, "outcome") == ["obtained"] + AcquisitionError.Code.allCases.map(\.rawValue))
        #expect(words(.upstreamErrors, "code") == AcquisitionError.Code.allCases.map(\.rawValue))
    }

    @Test func calls() {
        #expect(words(.upstreamErrors, "call") == UpstreamMeter.Call.allCases.map(\.rawValue))
        #expect(words(.upstreamDuration, "call") == UpstreamMeter.Call.allCases.map(\.rawValue))
    }

    @Test func reasons() {
        let policy: [DenialReason] = [.nobodyMay, .noGrantMatches, .notNow(grant: "a"), .denied(by: "b")]
        let rate = Rate.standard
        let refusals: [Refusal] =
            policy.map(Refusal.policy) + [
                .rate(grant: "a", rate), .attestation("it ended"), .observed(grant: "a", .nobodyMay),
            ]
        #expect(words(.denials, "reason") == refusals.map(\.code))
    }

    @Test func states() {
        #expect(words(.profileState, "state") == ProfileStatus.State.allCases.map(\.rawValue))
        #expect(words(.breakerState, "state") == ProfileStatus.Breaker.allCases.map(\.rawValue))
        #expect(words(.signingKeyAge, "state") == KeySighting.State.allCases.map(\.rawValue))
        #expect(words(.rotationPhaseAge, "phase") == RotationPhase.allCases.map(\.rawValue))
        #expect(words(.connections, "listener") == ListenerConnections.Listener.allCases.map(\.rawValue))
    }
}
