extension StatusResponse {
    /// An identity certificate that the daemon keeps renewed in files.
    package struct Certificate: Codable, Sendable, Equatable {
        package var name: String
        /// `fresh`, `failing` (valid, and the last attempt to renew or reload failed), `expired`, or `absent`.
        package var state: String
        /// Hexadecimal digits.
        package var serial: String?
        /// When the first certificate of the chain ends, in seconds since 1970.
        package var expiresAt: Int?
        /// Seconds that remain, now.
        package var expiresIn: Int?
        /// Seconds until the broker renews, or tries again.
        package var nextAttemptIn: Int
        /// What the last failed attempt ended with, until one succeeds.
        package var lastError: String?

        enum CodingKeys: String, CodingKey {
            case name, state, serial
            case expiresAt = "expires_at"
            case expiresIn = "expires_in"
            case nextAttemptIn = "next_attempt_in"
            case lastError = "last_error"
        }

        package init(
            name: String,
            state: String,
            serial: String?,
            expiresAt: Int?,
            expiresIn: Int?,
            nextAttemptIn: Int,
            lastError: String?
        ) {
            (self.name, self.state, self.serial) = (name, state, serial)
            (self.expiresAt, self.expiresIn) = (expiresAt, expiresIn)
            (self.nextAttemptIn, self.lastError) = (nextAttemptIn, lastError)
        }
    }
}
