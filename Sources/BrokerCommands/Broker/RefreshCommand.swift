internal import ArgumentParser
internal import BrokerAPI
internal import NIOHTTP1

/// `iam-broker refresh`: have tokens renewed now.
struct RefreshCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "refresh",
        abstract: "Have the broker renew the token of a trusted profile, or of all."
    )

    @Argument(help: "The name of the trusted profile; all without it.")
    var profile: String?

    @OptionGroup var socket: AdminSocketOptions

    func run() async throws {
        let query = profile.map { [(name: "profile", value: $0)] } ?? []
        let answer = try await socket.client.send(.POST, BrokerPath.refresh, query: query)
        let what = profile.map(TerminalText.escaping) ?? "all profiles"
        // 202 (RFC 9110 section 15.3.3): taken on, not done.
        try StandardOutput.write(answer.status == 202 ? "refresh of \(what) has started\n" : "refreshed \(what)\n")
    }
}
