internal import AccessPolicy
internal import BrokerAPI
internal import BrokerMetrics
internal import BrokerServer
internal import FoundationEssentials
internal import TokenBroker

/// What `GET /metrics` says: what was counted and timed, and what is looked up at that moment.
struct DaemonMetrics: Sendable {
    let registry: MetricRegistry
    let broker: TokenBroker
    let activity: Activity
    let connections: ListenerConnections
    /// Where the rotation of each plan stands.
    let rotations: @Sendable () -> [RotationsResponse.Plan]
    let process: ProcessFigures
    let time: any TimeSource

    /// The page, with the status that was looked up for it.
    func page(_ status: StatusResponse) -> String {
        registry.page { collection in
            addRequests(to: &collection)
            collection.add(status, now: time.now.wall.timeIntervalSince1970)
            for plan in rotations() { collection.add(plan, now: time.now.wall.timeIntervalSince1970) }
            for listener in connections.figures {
                collection.add(.connections, listener.listener.rawValue, value: Double(listener.open))
                collection.add(.connectionLimit, listener.listener.rawValue, value: Double(listener.limit))
            }
            addProcess(to: &collection)
        }
    }

    /// All counts that there can be, also those that are still 0: otherwise the first of a kind would not be seen as a change.
    private func addRequests(to collection: inout MetricCollection) {
        let profiles = broker.profiles.map(\.name)
        for profile in profiles.map(Optional.some) + [nil] {
            let name = profile?.rawValue ?? MetricLabel.none
            for outcome in HandoutOutcome.allCases {
                let count = activity.count(of: outcome, profile)
                collection.add(.tokenRequests, name, outcome.rawValue, value: Double(count))
            }
            for reason in MetricFamily.denialReasons { collection.add(.denials, name, reason, value: 0) }
        }
        for denials in activity.denials {
            let name = denials.profile?.rawValue ?? MetricLabel.none
            collection.add(.denials, name, denials.reason, value: Double(denials.count))
        }
        for profile in profiles {
            guard let use = broker.lane(profile)?.use else { continue }
            collection.add(.tokenLookups, profile.rawValue, "cached", value: Double(use.cached))
            collection.add(.tokenLookups, profile.rawValue, "waited", value: Double(use.waited))
            collection.add(.tokenJoins, profile.rawValue, value: Double(use.joined))
        }
    }

    private func addProcess(to collection: inout MetricCollection) {
        collection.add(.processStart, known: process.startedAt)
        collection.add(.processCPU, known: process.processorTime)
        collection.add(.processResidentMemory, known: process.residentMemory)
        collection.add(.processOpenFiles, known: process.openFiles)
        collection.add(.processMaximumFiles, known: process.maximumFiles)
    }
}
