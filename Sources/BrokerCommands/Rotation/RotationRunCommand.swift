internal import ArgumentParser
internal import BrokerAPI
internal import FoundationEssentials

/// `iam-broker rotation run`: a rotation before the schedule wants one.
struct RotationRunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Begin a rotation, and show how it goes until the new key is published.",
        discussion: """
            Without --now it begins as soon as the plan's windows and blackouts allow it; the budget of keys holds in any case. \
            The rest, which may take days, goes on in the daemon; --wait follows it to the end. Exit codes: 0 done; 1 it was \
            refused, failed or halted.
            """
    )

    @OptionGroup var options: RotationDemandOptions

    @Flag(help: "Whatever windows and blackouts say.")
    var now = false

    @Flag(help: "Wait until the old key is deleted, too.")
    var wait = false

    /// How often the daemon is asked how it goes: what takes days is not asked for four times a second.
    private static func pause(_ plan: RotationsResponse.Plan) -> Duration {
        plan.isUnderWay(until: .publication) ? .milliseconds(250) : .seconds(5)
    }

    func run() async throws {
        let begun = try await options.send(BrokerPath.rotationRun, [(name: "when", value: now ? "now" : "allowed")])
        var seen: [RotationHistoryResponse.Event] = []
        var (plan, text) = (begun.answer.rotations.first, begun.json)
        let start = Date.now
        while let current = plan, current.isUnderWay(until: wait ? .end : .publication) {
            // What begins later is not waited for.
            if current.rotation == nil, !now, let next = current.nextAt, next > Int(start.timeIntervalSince1970) + 5 {
                break
            }
            try await Task.sleep(for: Self.pause(current))
            try await tell(&seen, since: Int(start.timeIntervalSince1970))
            let (answer, newText) = try await options.socket.client.get(
                BrokerPath.rotations,
                query: [(name: "plan", value: options.plan)],
                as: RotationsResponse.self
            )
            (plan, text) = (answer.rotations.first, newText)
        }
        try await tell(&seen, since: Int(start.timeIntervalSince1970))
        let answer = RotationsResponse(rotations: plan.map { [$0] } ?? [])
        try StandardOutput.write(options.json ? text + "\n" : RotationTable(answer, now: .now).text)
        guard let plan, plan.state == "waiting" || plan.state == "rotating", plan.lastFailure == nil else {
            throw CommandFailure(
                .rejected,
                "the rotation did not come to its end: \(plan?.reason ?? plan?.lastFailure ?? "the plan is gone")"
            )
        }
    }

    /// What is new in the history, for people who wait.
    private func tell(_ seen: inout [RotationHistoryResponse.Event], since start: Int) async throws {
        let (history, _) = try await options.socket.client.get(
            BrokerPath.rotationHistory,
            query: [(name: "plan", value: options.plan), (name: "limit", value: "200")],
            as: RotationHistoryResponse.self
        )
        let events = history.events.filter { $0.at >= start - 1 }
        for event in Self.fresh(events, since: seen).reversed() {
            StandardError.write(RotationHistoryCommand.line(event))
        }
        seen = events
    }

    /// The events before those that were there already; the newest first, as they come.
    ///
    /// The broker gives the last so many: counting them would not tell what is new once there are more.
    static func fresh(
        _ events: [RotationHistoryResponse.Event],
        since seen: [RotationHistoryResponse.Event]
    ) -> ArraySlice<RotationHistoryResponse.Event> {
        // Nothing comes to the old end.
        let least = max(0, events.count - seen.count)
        let count = (least..<max(least, events.count))
            .first { index in
                zip(events[index...], seen).allSatisfy { $0 == $1 }
            }
        return events.prefix(count ?? events.count)
    }
}

extension RotationsResponse.Plan {
    /// How far a rotation is followed.
    fileprivate enum Goal {
        case publication, end
    }

    /// Whether there is more to come before the goal.
    fileprivate func isUnderWay(until goal: Goal) -> Bool {
        guard state == "waiting" || state == "rotating" else { return false }
        guard let rotation else { return request != nil }
        guard goal == .publication else { return true }
        return !["acknowledge", "overlap", "prove idle", "disable", "delete"].contains(rotation.phase)
    }
}
