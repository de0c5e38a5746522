internal import ArgumentParser
internal import BrokerAPI

/// `iam-broker explain DECISION`: why a caller was refused.
struct ExplainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Explain a refusal by the ID that the caller and the log were given.",
        discussion: "Refusals are kept for an hour."
    )

    @Argument(help: "The ID of the decision.")
    var decision: String

    @OptionGroup var socket: AdminSocketOptions

    @Flag(help: "Print the broker's answer as JSON.")
    var json = false

    func validate() throws {
        let isID = decision.utf8.count <= 32 && decision.utf8.allSatisfy { Character(Unicode.Scalar($0)).isHexDigit }
        guard isID, !decision.isEmpty else {
            throw ValidationError("the ID of a decision has hexadecimal digits only; callers are told it as 'decision'")
        }
    }

    func run() async throws {
        let path = BrokerPath.decisions + decision
        let (answer, text) = try await socket.client.get(path, as: ExplainResponse.self)
        try StandardOutput.write(json ? text + "\n" : ExplanationText(answer).text)
    }
}
