internal import AccessPolicy
internal import AsyncAlgorithms
internal import BrokerServer
internal import DaemonConfiguration
internal import Dispatch
internal import Logging
internal import ServiceLifecycle
internal import ServiceManager
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
    /// Has everybody look again who does not ask at each use.
    let changed: @Sendable () -> Void
    /// Is told of every signal's reload, also of one that is refused: whoever sent the signal waits for its end.
    let report: ServiceReport
    let audit: any AuditLog
    let time: SystemTime
    let logger: Logger
    /// Files, and names of users, may take their time: no thread that others need waits for them.
    private let queue = DispatchQueue(label: "policy")
    private let lintQueue = DispatchQueue(label: "policy lint")

    func run() async throws {
        let demands = merge(hangUps.map { _ in Demand.signal }, folder.changes().map { Demand.change })
        for try await demand in demands.cancelOnGracefulShutdown() {
            if demand == .signal {
                // Unstructured: a disk that hangs must not keep a policy from being replaced.
                Task { [reopen] in await reopen() }
                report.reloadBegan()
            }
            await reload(waitingForQuiet: demand == .change)
            if demand == .signal { report.reloadEnded() }
        }
    }

    private enum Demand: Sendable {
        case signal, change
    }

    /// Editors and deployments change several files one after the other, and half of them is no policy: so it is read when
    /// nothing changed for a while, and read again when something changed meanwhile.
    private func reload(waitingForQuiet: Bool) async {
        for round in 0..<Self.mostRounds {
            let before = FolderFingerprint(of: folder.path)
            if waitingForQuiet || round > 0 {
                do {
                    try await time.sleep(until: time.now.boot + Self.settling)
                } catch {
                    // The daemon stops.
                    return
                }
                guard before == FolderFingerprint(of: folder.path) else { continue }
            }
            let outcome = await load()
            guard before == FolderFingerprint(of: folder.path) else { continue }
            conclude(outcome)
            return
        }
        refuse("the files in \(folder.path) did not stop changing")
    }

    private func load() async -> Result<LoadedPolicy, any Error> {
        await withCheckedContinuation { continuation in
            queue.async { [read] in continuation.resume(returning: Result { try read() }) }
        }
    }

    private func conclude(_ outcome: Result<LoadedPolicy, any Error>) {
        switch outcome {
        case .success(let loaded):
            guard let generation = policy.replace(with: loaded.policy, now: time.now.wall) else {
                logger.debug("Policy unchanged", metadata: ["policy": "\(policy.generation)"])
                return
            }
            audit.record(.policyLoaded(generation: generation))
            changed()
            lintQueue.async { [logger] in loaded.reportWarnings(to: logger) }
        case .failure(let error):
            refuse("\(error)")
        }
    }

    private func refuse(_ reason: String) {
        policy.keep(because: reason)
        audit.record(.policyRefused(message: reason))
    }

    private static let settling: Duration = .milliseconds(200)
    /// Five seconds of change.
    private static let mostRounds = 25

    init(
        hangUps: UnixSignalsSequence,
        folder: FolderWatch,
        policy: PolicyInForce,
        read: @escaping @Sendable () throws -> LoadedPolicy,
        reopen: @escaping @Sendable () async -> Void,
        changed: @escaping @Sendable () -> Void,
        report: ServiceReport,
        audit: any AuditLog,
        time: SystemTime,
        logger: Logger
    ) {
        (self.hangUps, self.folder, self.policy) = (hangUps, folder, policy)
        (self.read, self.reopen, self.changed, self.audit) = (read, reopen, changed, audit)
        (self.report, self.time, self.logger) = (report, time, logger)
    }
}
