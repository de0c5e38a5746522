import BrokerTesting
import FoundationEssentials
import JOSE
import Synchronization

@testable import TokenBroker

/// An issuer whose signing key and key set change while tokens are asked for.
final class RotatingIssuer: Sendable {
    private struct State {
        var signing: TokenMint
        var published: [TokenMint]
    }

    let time: ManualTime
    private let state: Mutex<State>

    init(_ mint: TokenMint, time: ManualTime) {
        self.time = time
        state = Mutex(State(signing: mint, published: [mint]))
    }

    func sign(with mint: TokenMint) { state.withLock { $0.signing = mint } }

    func publish(_ mint: TokenMint, others: [TokenMint] = []) {
        state.withLock { $0.published = [mint] + others }
    }

    var exchanger: ScriptedExchanger {
        ScriptedExchanger { [self] _ in World.fresh(state.withLock { $0.signing }, time) }
    }

    var keySets: ScriptedKeySetSource {
        ScriptedKeySetSource { [self] in
            let mints = state.withLock { $0.published }
            return Result { try mints[0].keySet(with: mints.dropFirst().map(\.key)) }
                .mapError { _ in AcquisitionError(.malformedAnswer, "the mint is broken") }
        }
    }
}
