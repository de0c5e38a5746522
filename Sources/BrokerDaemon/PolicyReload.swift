internal import AccessPolicy
internal import AsyncAlgorithms
internal import BrokerServer
internal import DaemonConfiguration
internal import Logging
internal import ServiceLifecycle
internal import TokenBroker
internal import UnixSignals

/// Puts the policy in force anew on SIGHUP and when its folder changes: all of it, or none.
struct PolicyReload: Service {
    let hangUps: UnixSignalsSequence
    let folder: FolderWatch
    let policy: PolicyInForce
    let read: @Sendable () throws -> LoadedPolicy
    /// Begins other files anew that somebody may have renamed, as logrotate does before the signal.
    let reopen: @Sendable () async -> Void
    let audit: any AuditLog
    let time: SystemTime
    let logger: Logger

    func run() async throws {
        let demands = merge(hangUps.map { _ in Demand.signal }, folder.changes().map { Demand.change })
        for try await demand in demands.cancelOnGracefulShutdown() {
            // Editors and deployments change several files one after the other; half of it is no policy.
            if demand == .signal { await reopen() }
            if demand == .change { try await time.sleep(until: time.now.boot + Self.settling) }
            reload()
        }
    }

    private enum Demand: Sendable {
        case signal, change
    }

    private func reload() {
        do {
            let loaded = try read()
            guard let generation = policy.replace(with: loaded.policy, now: time.now.wall) else {
                logger.debug("Policy unchanged", metadata: ["policy": "\(policy.generation)"])
                return
            }
            audit.record(.policyLoaded(generation: generation))
            loaded.reportWarnings(to: logger)
        } catch {
            policy.keep(because: "\(error)")
            audit.record(.policyRefused(message: "\(error)"))
        }
    }

    private static let settling: Duration = .milliseconds(200)
}
