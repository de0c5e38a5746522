internal import ArgumentParser
internal import BrokerAPI

/// `iam-broker rotation plan`: a dry run.
struct RotationPlanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "Print what a rotation would do if all went well, with every request that it would send.",
        discussion: "The keys that there are now are listed for it; nothing is changed."
    )

    @Argument(help: "The name of the plan.")
    var plan: String

    @OptionGroup var socket: AdminSocketOptions

    @Flag(help: "Print the broker's answer as JSON.")
    var json = false

    func run() async throws {
        let (answer, text) = try await socket.client.get(
            BrokerPath.rotationPlan,
            query: [(name: "plan", value: plan)],
            as: RotationRehearsalResponse.self
        )
        try StandardOutput.write(json ? text + "\n" : Self.lines(answer).joined(separator: "\n") + "\n")
        if let refusal = answer.refusal {
            throw CommandFailure(.rejected, "the rotation would not come to its end: \(refusal)")
        }
    }

    static func lines(_ answer: RotationRehearsalResponse) -> [String] {
        guard let start = answer.steps.first?.at else { return ["nothing is to be done"] }
        var rows = [["AFTER", "PHASE", "ACTION"]]
        var requests: [[String]] = [[]]
        for step in answer.steps {
            rows.append([
                TimeInWords.short(from: start, to: step.at), TerminalText.escaping(step.phase),
                TerminalText.escaping(step.action),
            ])
            requests.append(step.requests)
        }
        return zip(TextTable.lines(rows), requests)
            .flatMap { line, requests in [line] + requests.map { "    \(TerminalText.escaping($0))" } }
    }
}
