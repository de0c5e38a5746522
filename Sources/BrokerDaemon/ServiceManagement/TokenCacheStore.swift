internal import AccessPolicy
internal import Logging
internal import ServiceManager
internal import TokenBroker

/// Takes over the tokens of the last instance at the start, and leaves them to the next at the stop, through the service manager.
struct TokenCacheStore: Sendable {
    let report: ServiceReport
    let broker: TokenBroker
    let time: any TimeSource
    let logger: Logger

    /// Takes what is good of what was stored.
    ///
    /// It stays stored until ``Readiness``: the next start needs it if this one fails.
    func takeOver(_ descriptors: [CInt]) async {
        guard let handover = read(descriptors) else { return }
        let deadline = time.now.boot + Self.patience
        for (profile, fate) in await broker.takeOver(handover, deadline: deadline) {
            switch fate {
            case .kept:
                // The audit log has it, and with it this log.
                break
            case .keptForNow:
                logger.notice(
                    "Token taken over is verified once more when IAM's keys can be had",
                    metadata: ["profile": "\(profile)"]
                )
            case .dropped(let reason):
                logger.notice("Token not taken over", metadata: ["profile": "\(profile)", "reason": "\(reason)"])
            }
        }
    }

    private func read(_ descriptors: [CInt]) -> Handover? {
        guard !descriptors.isEmpty else { return nil }
        let memories = descriptors.map { descriptor -> SealedMemory? in
            do throws(ServiceManagerError) {
                return try SealedMemory(inherited: descriptor, mostBytes: HandoverDocument.mostBytes)
            } catch {
                logger.warning("Stored tokens are not used", metadata: ["reason": "\(error)"])
                return nil
            }
        }
        guard memories.count == 1, let memory = memories[0] else {
            if memories.count > 1 {
                logger.warning("Stored tokens are not used", metadata: ["reason": "there are several of them"])
            }
            return nil
        }
        do throws(ServiceManagerError) {
            let handover = try unsafe memory.withBytes { unsafe HandoverDocument.handover(parsing: $0) }
            if handover == nil {
                logger.warning("Stored tokens are not used", metadata: ["reason": "they are of another version"])
            }
            return handover
        } catch {
            logger.warning("Stored tokens are not used", metadata: ["reason": "\(error)"])
            return nil
        }
    }

    /// Leaves the tokens to the next instance.
    func leave() async {
        guard report.isHeard else { return }
        let handover = await broker.handover()
        guard !handover.tokens.isEmpty else { return }
        do throws(ServiceManagerError) {
            let memory = try SealedMemory(name: Self.memoryName, HandoverDocument.parts(handover))
            if let error = await report.store(memory, name: ManagedService.Name.store) { throw error }
            logger.info("Tokens left to the next instance", metadata: ["tokens": "\(handover.tokens.count)"])
        } catch {
            logger.warning("Tokens not left to the next instance", metadata: ["error": "\(error)"])
        }
    }

    /// What /proc calls it.
    private static let memoryName = "iam-broker-tokens"
    /// Clients wait for the start; after this the keys of the handover have to do.
    private static let patience: Duration = .seconds(2)
}
