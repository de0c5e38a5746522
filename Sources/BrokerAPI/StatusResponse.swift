/// The answer to `GET /v1/status` on the admin socket: how each profile is doing.
///
/// It holds no secrets.
package struct StatusResponse: Codable, Sendable {
    package var version: String
    package var profiles: [Profile]
    /// The key IDs of the key set in use.
    package var keyIDs: [String]
    /// Absent in the answers of a daemon that is older than its command line.
    package var signingKeys: [SigningKey]?
    /// Absent in the answers of a daemon that is older than its command line.
    package var policy: Policy?
    /// Absent in the answers of a daemon that is older than its command line.
    package var audit: Audit?

    /// Identity certificates that the daemon keeps renewed; absent without any.
    package var certificates: [Certificate]?

    /// Files in which the daemon keeps tokens; absent without any.
    package var sinks: [Sink]?

    /// What `GET /readyz` says.
    ///
    /// Absent in the answers of a daemon that is older than its command line.
    package var health: HealthResponse?

    /// Absent when the page is on the admin socket alone.
    package var page: Page?

    /// The audit log since the daemon started.
    package struct Audit: Codable, Sendable {
        /// The path of the file that is written to.
        package var file: String
        /// Events.
        package var written: UInt64
        package var queued: Int
        package var lost: UInt64
        /// Whether the last write failed.
        package var isFailing: Bool
        package var lastError: String?
        /// `SEQ:HASH` of the last line.
        package var head: String

        enum CodingKeys: String, CodingKey {
            case file, written, queued, lost, head
            case isFailing = "failing"
            case lastError = "last_error"
        }

        package init(
            file: String,
            written: UInt64,
            queued: Int,
            lost: UInt64,
            isFailing: Bool,
            lastError: String?,
            head: String
        ) {
            (self.file, self.written, self.queued, self.lost) = (file, written, queued, lost)
            (self.isFailing, self.lastError, self.head) = (isFailing, lastError, head)
        }
    }

    /// The policy in force.
    package struct Policy: Codable, Sendable {
        /// 1 for the policy that the daemon started with.
        package var generation: UInt64
        /// Seconds since 1970.
        package var loadedAt: Int
        package var grants: Int
        package var denials: Int
        /// Why the last reload was refused; the policy before it is in force.
        package var lastError: String?

        enum CodingKeys: String, CodingKey {
            case generation, grants, denials
            case loadedAt = "loaded_at"
            case lastError = "last_error"
        }

        package init(generation: UInt64, loadedAt: Int, grants: Int, denials: Int, lastError: String?) {
            self.generation = generation
            self.loadedAt = loadedAt
            self.grants = grants
            self.denials = denials
            self.lastError = lastError
        }
    }

    package struct Profile: Codable, Sendable {
        package var name: String
        /// `fresh`, `stale` (valid, but renewal is overdue), `absent`, `failing` (absent, and the last attempt failed) or
        /// `locked` (by an operator).
        package var state: String
        /// `exp` of the cached token, in seconds since 1970.
        package var expiresAt: Int?
        package var issuedAt: Int?
        /// Seconds that remain, now.
        package var expiresIn: Int?
        /// Seconds until the broker renews, or tries again.
        package var nextAttemptIn: Int?
        /// `closed`, `open` or `half_open`.
        package var breaker: String
        package var consecutiveFailures: Int
        /// What the last failed attempt ended with, until one succeeds.
        package var lastError: String?
        /// When an operator locked it, in seconds since 1970.
        package var lockedSince: Int?

        enum CodingKeys: String, CodingKey {
            case name, state, breaker
            case expiresAt = "expires_at"
            case issuedAt = "issued_at"
            case expiresIn = "expires_in"
            case nextAttemptIn = "next_attempt_in"
            case consecutiveFailures = "consecutive_failures"
            case lastError = "last_error"
            case lockedSince = "locked_since"
        }

        package init(
            name: String,
            state: String,
            expiresAt: Int? = nil,
            issuedAt: Int? = nil,
            expiresIn: Int? = nil,
            nextAttemptIn: Int? = nil,
            breaker: String,
            consecutiveFailures: Int,
            lastError: String? = nil,
            lockedSince: Int? = nil
        ) {
            self.name = name
            self.state = state
            self.expiresAt = expiresAt
            self.issuedAt = issuedAt
            self.expiresIn = expiresIn
            self.nextAttemptIn = nextAttemptIn
            self.breaker = breaker
            self.consecutiveFailures = consecutiveFailures
            self.lastError = lastError
            self.lockedSince = lockedSince
        }
    }

    enum CodingKeys: String, CodingKey {
        case version, profiles, policy, audit, certificates, sinks, health, page
        case keyIDs = "key_ids"
        case signingKeys = "signing_keys"
    }

    package init(
        version: String,
        profiles: [Profile],
        keyIDs: [String],
        signingKeys: [SigningKey]? = nil,
        policy: Policy? = nil,
        audit: Audit? = nil,
        certificates: [Certificate]? = nil,
        sinks: [Sink]? = nil,
        health: HealthResponse? = nil,
        page: Page? = nil
    ) {
        self.version = version
        self.profiles = profiles
        self.keyIDs = keyIDs
        self.signingKeys = signingKeys
        self.policy = policy
        self.audit = audit
        self.certificates = certificates
        self.sinks = sinks
        self.health = health
        self.page = page
    }
}

/// The answer to `GET /v1/profiles`.
package struct ProfilesResponse: Codable, Sendable {
    package var profiles: [String]

    package init(profiles: [String]) {
        self.profiles = profiles
    }
}
