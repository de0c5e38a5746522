internal import ServiceLifecycle

/// Keeps the tokens of all profiles fresh for as long as the daemon runs.
package struct RenewalService: Service {
    private let broker: TokenBroker

    package init(_ broker: TokenBroker) {
        self.broker = broker
    }

    package func run() async throws {
        await cancelWhenGracefulShutdown { [broker] in
            async let confirmed: Void = broker.confirmHandedTokens()
            await broker.keepFresh()
            await confirmed
        }
    }
}
