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

    /// How often the daemon is asked how it goes.
    private static let pause: Duration = .milliseconds(250)

    func run() async throws {
        let begun = try await options.send(BrokerPath.rotationRun, [(name: "when", value: now ? "now" : "allowed")])
        var seen = Int.max
        var (plan, text) = (begun.answer.rotations.first, begun.json)
        let start = Date.now
        while let current = plan, current.isUnderWay(until: wait ? .end : .publication) {
            // What begins later is not waited for.
            if current.rotation == nil, !now, let next = current.nextAt, next > Int(start.timeIntervalSince1970) + 5 {
                break
            }
            try await Task.sleep(for: Self.pause)
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
    private func tell(_ seen: inout Int, since start: Int) async throws {
        let (history, _) = try await options.socket.client.get(
            BrokerPath.rotationHistory,
            query: [(name: "plan", value: options.plan), (name: "limit", value: "200")],
            as: RotationHistoryResponse.self
        )
        let events = history.events.filter { $0.at >= start - 1 }
        let fresh = seen == .max ? events.count : max(0, events.count - seen)
        seen = events.count
        for event in events.prefix(fresh).reversed() { StandardError.write(RotationHistoryCommand.line(event)) }
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
