/// The answer to `GET` and `POST /v1/log-level`: how much the daemon logs.
package struct LogLevelResponse: Codable, Sendable, Equatable {
    /// The level in force: `trace`, `debug`, `info`, `notice`, `warning`, `error` or `critical`.
    package var level: String
    /// The level that the daemon was started with.
    package var configured: String
    /// In how many seconds the configured level is back; absent when it does not come back by itself.
    package var revertsIn: Int?

    package enum CodingKeys: String, CodingKey {
        case level, configured
        case revertsIn = "reverts_in"
    }

    package init(level: String, configured: String, revertsIn: Int? = nil) {
        (self.level, self.configured, self.revertsIn) = (level, configured, revertsIn)
    }
}
