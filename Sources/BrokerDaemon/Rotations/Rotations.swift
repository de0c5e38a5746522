internal import AccessPolicy
internal import BrokerAPI
internal import BrokerServer
internal import DaemonConfiguration
internal import FoundationEssentials
internal import KeyRotation
internal import Logging
internal import SecretSealing
internal import TokenBroker

/// The rotations of the daemon: what carries them out, and what operators see of them.
struct Rotations: Sendable {
    let lanes: [RotationLane]
    /// What puts the keys that a fleet's leaders publish where consumers of this machine find them.
    let followers: [KeyFollower]
    /// `nil` when no plan is configured.
    let desk: RotationDesk?

    static let none = Rotations(lanes: [], followers: [], desk: nil)

    /// Builds the lane of each plan.
    ///
    /// Without the key that seals values there are no rotations; tokens are handed out all the same, and operators see why.
    ///
    /// - Parameters:
    ///   - settings: the plans.
    ///   - folder: where journal and key lie.
    ///   - logger: hears of a key that cannot be used.
    ///   - materials: what the lanes are built of, with that key.
    /// - Throws: an error of the configuration.
    init(
        _ settings: [RotationSetting],
        folder: String,
        logger: Logger,
        materials: (any RotationJournal, SealingKey) -> RotationMaterials
    ) async throws {
        guard !settings.isEmpty else {
            self = .none
            return
        }
        let journal = StoredJournal(folder: folder)
        let key = await BlockingWork(label: "rotation key")
            .run { Result { () throws(SealError) in try KeyFile.key(in: folder) } }
        switch key {
        case .success(let key):
            await Self.report(plansGoneFrom: settings, journal, logger)
            let materials = materials(journal, key)
            let parts = try settings.map { try materials.lane($0) }
            let (lanes, time) = (parts.map(\.lane), materials.time)
            let history: any RotationJournal =
                materials.fleet.map { SharedHistory(own: journal, fleet: $0.journal) } ?? journal
            self.init(
                lanes: lanes,
                followers: parts.compactMap(\.follower),
                desk: RotationDesk(lanes, journal: history, host: materials.host, now: { time.now.wall })
            )
        case .failure(let error):
            logger.error("No key is rotated", metadata: ["error": "\(error.message)"])
            self.init(
                lanes: [],
                followers: [],
                desk: RotationDesk(
                    without: "\(error.message); mend that, and restart the daemon",
                    settings.map(\.plan)
                )
            )
        case nil:
            self = .none
        }
    }

    /// Says which plans are gone whose rotation was under way: both their keys are alive, and nobody goes on.
    private static func report(
        plansGoneFrom settings: [RotationSetting],
        _ journal: StoredJournal,
        _ logger: Logger
    ) async {
        let names = Set(settings.map(\.plan.name))
        do throws(JournalError) {
            for record in try await journal.latest() where !names.contains(record.plan) {
                let state = try? JSONDecoder().decode(RotationState.self, from: Data(record.state))
                guard let cycle = state?.cycle else { continue }
                logger.error(
                    "A plan is gone whose rotation was under way; put its file back until it is done",
                    metadata: [
                        "rotation.plan": "\(record.plan)", "rotation.id": "\(cycle.rotation)",
                        "rotation.new_key": "\(cycle.candidate?.id.rawValue ?? "")",
                        "rotation.old_key": "\(cycle.retiring?.id.rawValue ?? "")",
                    ]
                )
            }
        } catch {
            // Each plan says the same in its own status.
            logger.error("The journal of rotations cannot be read", metadata: ["error": "\(error.message)"])
        }
    }

    private init(lanes: [RotationLane], followers: [KeyFollower], desk: RotationDesk?) {
        (self.lanes, self.followers, self.desk) = (lanes, followers, desk)
    }

    /// Has all plans look at the clock again.
    func wake() { for lane in lanes { lane.wake() } }
}

extension RotationDesk {
    /// A desk that says why nothing is rotated.
    fileprivate init(without reason: String, _ plans: [RotationPlan]) {
        self.init(
            plans: {
                plans.map { plan in
                    RotationsResponse.Plan(
                        name: plan.name.rawValue,
                        kind: plan.target.kind,
                        profile: plan.profile.rawValue,
                        state: "unknown",
                        reason: reason,
                        sinks: plan.sinks
                    )
                }
            },
            demand: { _, _ in .failed(reason) },
            history: { _, _ in .failed(reason) },
            rehearse: { _ in .failed(reason) },
            times: { _, _ in .failed(reason) },
            orphans: {
                RotationOrphansResponse(
                    orphans: [],
                    failures: plans.map { .init(plan: $0.name.rawValue, message: reason) }
                )
            },
            deleteOrphan: { _, _ in .failed(reason) }
        )
    }
}
