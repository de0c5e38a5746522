internal import BrokerAPI
internal import NIOCore

/// Tells of each new token of a profile, for as long as it is not cancelled.
struct RenewalWatch: Sendable {
    private let profile: String
    private let client: BrokerClient
    private let watcher: BrokerClient

    /// Longer than the 50 seconds that the daemon takes for "no news".
    private static let patience = TimeAmount.seconds(70)
    /// Before the next attempt when there is no answer, or a refusal.
    private static let pause = Duration.seconds(5)
    /// Before the next question when there is no news: a daemon that stops says so at once.
    private static let rest = Duration.seconds(1)

    init(_ profile: String, _ client: BrokerClient) {
        (self.profile, self.client) = (profile, client)
        watcher = BrokerClient(socket: client.socket, deadline: Self.patience)
    }

    /// Calls `tell` with each token that comes after `first`.
    ///
    /// That asking for a token is what keeps it renewed. A failure is said once, and tried again.
    func run(after first: AccessToken, _ tell: (AccessToken) -> Void) async throws(CancellationError) {
        var current = first
        var complaint: String?
        while true {
            var pause: Duration?
            do throws(CommandFailure) {
                let token = try await isRenewed(current) ? try await AccessToken.of(profile, from: client) : current
                complaint = nil
                if token.expiresAt == current.expiresAt { pause = Self.rest } else { tell(token) }
                current = token
            } catch {
                if error.message != complaint {
                    StandardError.write("warning: no renewed token, and the program goes on: \(error.message)")
                }
                complaint = error.message
                pause = Self.pause
            }
            if let pause { try await Self.wait(pause) }
        }
    }

    private func isRenewed(_ token: AccessToken) async throws(CommandFailure) -> Bool {
        let query = [(name: "profile", value: profile), ("after", String(token.expiresAt))]
        let news = try await watcher.get(BrokerPath.tokenWatch, query: query, as: TokenNewsResponse.self).answer
        return news.changed
    }

    private static func wait(_ time: Duration) async throws(CancellationError) {
        do {
            try await Task.sleep(for: time)
        } catch {
            throw CancellationError()
        }
    }
}
