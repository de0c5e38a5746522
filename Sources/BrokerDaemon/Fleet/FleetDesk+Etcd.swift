internal import BrokerAPI
internal import BrokerServer
internal import DaemonConfiguration
internal import EtcdCoordination
internal import FoundationEssentials
internal import KeyRotation
internal import TokenBroker

extension FleetDesk {
    /// The desk of the fleet that this machine belongs to.
    init(_ fleet: Fleet, _ rotations: Rotations, time: any TimeSource) {
        let read = { @Sendable () async -> FleetReply in
            do throws(JournalError) {
                let lanes = rotations.lanes.filter(\.isOfFleet)
                let reading = try await fleet.reading.reading(lanes.map(\.plan.name))
                return .done(
                    FleetResponse(
                        fleet: fleet.setting.name,
                        node: fleet.node.rawValue,
                        trouble: fleet.session.trouble,
                        nodes: reading.nodes.map(FleetResponse.Node.init),
                        plans: reading.plans.compactMap { plan in
                            lanes.first { $0.plan.name == plan.name }
                                .map { lane in
                                    let follower = rotations.followers.first { $0.plan == plan.name }
                                    return FleetResponse.Plan(
                                        plan,
                                        lane,
                                        follower?.snapshot.failure,
                                        now: time.now.wall
                                    )
                                }
                        }
                    )
                )
            } catch {
                return .failed(error.message)
            }
        }
        self.init(
            fleet: read,
            demand: { demand, text in
                guard let node = NodeName(rawValue: text) else { return .unknownNode }
                do throws(JournalError) {
                    let nodes = try await fleet.reading.reading([]).nodes
                    guard nodes.contains(where: { $0.name == node }) else { return .unknownNode }
                    switch demand {
                    case .drain: try await fleet.reading.drain(node)
                    case .undrain: try await fleet.reading.undrain(node)
                    case .forget:
                        guard try await fleet.reading.forget(node) else {
                            return .refused("the session of node \(node) lasts; stop iam-brokerd there first")
                        }
                    }
                } catch {
                    return .failed(error.message)
                }
                return await read()
            }
        )
    }
}

extension FleetResponse.Node {
    fileprivate init(_ node: FleetReading.Node) {
        self.init(
            name: node.name.rawValue,
            version: node.version,
            state: node.isDraining ? "draining" : node.isLive ? "live" : "gone",
            since: node.since?.wholeSeconds,
            lastSeen: node.lastSeen?.wholeSeconds
        )
    }
}

extension FleetResponse.Plan {
    fileprivate init(_ plan: FleetReading.Plan, _ lane: RotationLane, _ failure: String?, now: Date) {
        let state = lane.snapshot.state
        self.init(
            name: plan.name.rawValue,
            leader: plan.leader?.rawValue,
            term: plan.term.map(Int.init),
            phase: state.cycle?.stage.phase.rawValue,
            rotation: state.current?.rotation?.rawValue,
            consumers: plan.consumers.map { consumer in
                let isCurrent = consumer.inUse == state.current?.rotation
                return FleetResponse.Consumer(
                    node: consumer.node.rawValue,
                    inUse: consumer.inUse?.rawValue,
                    since: consumer.since?.wholeSeconds,
                    lastSeen: consumer.lastSeen.wholeSeconds,
                    state: isCurrent ? "current" : lane.machine.isAwaited(consumer, now: now) ? "behind" : "vanished"
                )
            },
            failure: failure
        )
    }
}
