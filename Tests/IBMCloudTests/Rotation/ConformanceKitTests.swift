import BrokerTesting
import JOSE
import KeyRotation
import Testing

/// The conformance kits notice who does not keep the promises.
@Suite struct ConformanceKitTests {
    /// An issuer that answers some calls as it likes.
    private struct Liar: KeyIssuer {
        func requests(for step: IssuerStep) -> [String] { [] }

        let honest: any KeyIssuer
        let lie: @Sendable (IssuerCall) -> IssuerAnswer?

        func perform(_ call: IssuerCall) async throws(Interruption) -> IssuerAnswer {
            if let answer = lie(call) { return answer }
            return try await honest.perform(call)
        }
    }

    private static let lies: [String: @Sendable (IssuerCall) -> IssuerAnswer?] = [
        "deletes nothing": { if case .delete = $0 { .done } else { nil } },
        "disables nothing": { if case .disable = $0 { .done } else { nil } },
        "takes every key for good": { if case .verify = $0 { .done } else { nil } },
        "was never used": { if case .activity = $0 { .lastUse(nil) } else { nil } },
        "lists nothing": { if case .list = $0 { .keys([]) } else { nil } },
        "makes another value": { call in
            guard case .create(let name, _) = call else { return nil }
            let key = ListedKey(id: KeyID("ApiKey-1"), name: "\(name)", createdAt: nil)
            return .created(key, KeyMaterial(["api_key": Redacted("another")]))
        },
    ]

    @Test(arguments: lies.keys.sorted())
    func anIssuerThatLiesDoesNotConform(lie: String) async throws {
        let answer = try #require(Self.lies[lie])
        try await SimulatedCloud.run { cloud in
            await withKnownIssue {
                try await checkConformance(
                    of: Liar(honest: try cloud.issuer(of: KeyWorld.apiKey), lie: answer),
                    traits: KeyWorld.apiKey.traits,
                    plan: try KeyWorld.plan(),
                    pause: { cloud.pass(1) },
                    tries: 3,
                    drawing: { SimulatedCloud.draw("api_key") }
                )
            }
        }
    }

    /// A sink that keeps nothing.
    private struct EmptySink: KeySink {
        func perform(_ call: SinkCall) async throws(Interruption) -> SinkAnswer {
            switch call {
            case .publish(let key): .holds(SinkPrint(rotation: key.rotation, text: "same"))
            case .inspect(let print), .restore(let print): .holds(print)
            case .forget: .done
            }
        }
    }

    @Test func aSinkThatKeepsNothingDoesNotConform() async throws {
        await withKnownIssue {
            try await checkConformance(
                of: EmptySink(),
                plan: try KeyWorld.plan(),
                drawing: { SimulatedCloud.draw("api_key") }
            )
        }
    }
}
