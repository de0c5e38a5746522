package import KeyRotation

/// Gives this node the keys that leaders publish in etcd.
package struct EtcdKeyFeed: KeyFeed {
    private let session: EtcdSession
    private let sealer: any ValueSealer

    /// - Parameters:
    ///   - session: of this node; a feed goes on without its lease.
    ///   - sealer: of the fleet's key.
    package init(_ session: EtcdSession, sealer: any ValueSealer) {
        (self.session, self.sealer) = (session, sealer)
    }

    package func current(_ plan: PlanName) async throws(JournalError) -> FedKey? {
        let found: EtcdValue?
        do throws(EtcdError) {
            found = try await session.client.value(of: session.keys.current(plan)).value
        } catch {
            throw JournalError(error, "the published key of the plan \(plan) cannot be read")
        }
        guard let found else { return nil }
        let publication = try Publication.reading(found)
        do throws(SealError) {
            return FedKey(revision: found.modRevision, key: try publication.opened(plan, sealer))
        } catch {
            throw JournalError(
                .corrupt,
                "the published key of the plan \(plan) cannot be opened: \(error.message); see whether all nodes have the same key of the fleet"
            )
        }
    }

    /// A failure is waited out for a moment before it returns.
    package func change(of plan: PlanName, since revision: Int64?) async throws(Interruption) {
        let key = session.keys.current(plan)
        while !Task.isCancelled {
            do throws(EtcdError) {
                let (found, now) = try await session.client.value(of: key)
                guard found?.modRevision == revision else { return }
                let time = session.setting.patience * Double.random(in: 0.5...1)
                _ = try await session.client.change(of: key, from: now + 1, within: time)
            } catch {
                await session.sleep(.seconds(1) * Double.random(in: 0.5...1))
                if !Task.isCancelled { return }
            }
        }
        throw Interruption()
    }
}
