extension StatusResponse {
    /// A file in which the daemon keeps a token.
    package struct Sink: Codable, Sendable, Equatable {
        package var name: String
        package var profile: String
        package var path: String
        /// `written`, `failing` (the file is there, and the last attempt to do something about it failed), `absent`, `denied` (by
        /// policy) or `locked` (by an operator).
        package var state: String
        /// When the token in the file ends, in seconds since 1970.
        package var expiresAt: Int?
        /// Seconds that remain of it, now.
        package var expiresIn: Int?
        /// Why the file is not there, or what the last failed attempt ended with.
        package var lastError: String?

        enum CodingKeys: String, CodingKey {
            case name, profile, path, state
            case expiresAt = "expires_at"
            case expiresIn = "expires_in"
            case lastError = "last_error"
        }

        package init(
            name: String,
            profile: String,
            path: String,
            state: String,
            expiresAt: Int?,
            expiresIn: Int?,
            lastError: String?
        ) {
            (self.name, self.profile, self.path, self.state) = (name, profile, path, state)
            (self.expiresAt, self.expiresIn, self.lastError) = (expiresAt, expiresIn, lastError)
        }
    }
}
