extension StatusResponse {
    /// A key that the token issuer signs with, or has signed with since the daemon started.
    package struct SigningKey: Codable, Sendable, Equatable {
        package var keyID: String
        /// `published`; `kept`: not in the key set any more, and tokens from before still pass; `withdrawn`: none passes.
        package var state: String
        /// When a key set with it was fetched first, in seconds since 1970.
        package var firstSeen: Int
        /// When one with it was fetched last.
        package var lastSeen: Int
        /// Seconds since then, now.
        package var firstSeenAgo: Int
        package var lastSeenAgo: Int
        /// When a key set without it was fetched.
        package var withdrawnAt: Int?
        /// When the last token ends that the daemon obtained and verified with it.
        package var lastTokenEndsAt: Int?
        /// Seconds that remain of that token, now; 0 when it has ended.
        package var lastTokenEndsIn: Int?

        enum CodingKeys: String, CodingKey {
            case state
            case keyID = "key_id"
            case firstSeen = "first_seen"
            case lastSeen = "last_seen"
            case firstSeenAgo = "first_seen_ago"
            case lastSeenAgo = "last_seen_ago"
            case withdrawnAt = "withdrawn_at"
            case lastTokenEndsAt = "last_token_ends_at"
            case lastTokenEndsIn = "last_token_ends_in"
        }

        /// - Parameters:
        ///   - keyID: `kid`.
        ///   - state: `published`, `kept` or `withdrawn`.
        ///   - firstSeen: when a key set with it was fetched first, in seconds since 1970, like the other times.
        ///   - lastSeen: when one with it was fetched last.
        ///   - withdrawnAt: when a key set without it was fetched.
        ///   - lastTokenEndsAt: when the last token ends that was verified with it.
        ///   - now: the time.
        package init(
            keyID: String,
            state: String,
            firstSeen: Int,
            lastSeen: Int,
            withdrawnAt: Int?,
            lastTokenEndsAt: Int?,
            now: Int
        ) {
            (self.keyID, self.state) = (keyID, state)
            (self.firstSeen, self.lastSeen) = (firstSeen, lastSeen)
            // The clock may have been set back.
            (firstSeenAgo, lastSeenAgo) = (max(0, now - firstSeen), max(0, now - lastSeen))
            (self.withdrawnAt, self.lastTokenEndsAt) = (withdrawnAt, lastTokenEndsAt)
            lastTokenEndsIn = lastTokenEndsAt.map { max(0, $0 - now) }
        }
    }
}
