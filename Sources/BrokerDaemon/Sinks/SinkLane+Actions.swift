internal import AccessPolicy
internal import BrokerServer
internal import DaemonConfiguration
internal import TokenBroker

extension SinkLane.Actions {
    /// How long a sink waits for a token: longer than a request would, nobody waits for it.
    private static let patience: Duration = .seconds(15)

    /// Those of a daemon that runs.
    init(
        _ setting: SinkSetting,
        _ writer: SinkWriter,
        _ lane: ProfileLane,
        _ policy: PolicyInForce,
        _ time: any TimeSource
    ) {
        self.init(
            decide: { policy.current.policy.decide(sink: setting.name, setting.profile, at: time.now.wall) },
            holds: { lane.holds($0) },
            token: { await lane.token($0, deadline: time.now.boot + Self.patience) },
            write: { released, stands, wrote throws(UpkeepFailure) in
                try await writer.write(released, while: stands, wrote: wrote)
            },
            isIntact: { await writer.isIntact($0) },
            reload: { stands throws(UpkeepFailure) in try await writer.reload(while: stands) },
            remove: { () throws(UpkeepFailure) in try await writer.remove() },
            find: { () throws(UpkeepFailure) in try await writer.find() },
            settle: { await writer.settle() },
            happenings: { lane.happenings },
            happened: { await lane.happened(after: $0, until: $1) }
        )
    }
}
