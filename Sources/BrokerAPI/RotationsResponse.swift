/// The answer to `GET /v1/rotations` on the admin socket: where the rotation of each plan stands.
///
/// It holds no secrets. Times are seconds since 1970.
package struct RotationsResponse: Codable, Sendable, Equatable {
    package var rotations: [Plan]

    package init(rotations: [Plan]) {
        self.rotations = rotations
    }

    /// One plan.
    package struct Plan: Codable, Sendable, Equatable {
        package var name: String
        /// Such as `iam-api-key`.
        package var kind: String
        package var profile: String
        /// `waiting` (for the schedule), `rotating`, `paused` (by an operator), `halted` (somebody has to do something), or
        /// `unknown` (the journal cannot be read or written).
        package var state: String
        /// Why it is paused, halted or unknown, and what to do next.
        package var reason: String?
        /// When the next rotation begins.
        package var nextAt: Int?
        /// The key that consumers have.
        package var key: Key?
        package var rotation: Rotation?
        package var lastSuccess: Int?
        /// A wish for a rotation that did not begin yet: `now` or `when_allowed` of an operator, `repair` because a sink lost the key.
        package var request: String?
        /// Rotations that failed since.
        package var failures: Int
        package var lastFailure: String?
        package var sinks: [String]
        /// What the schedule allows at most, in seconds; absent without a limit.
        package var maximumAge: Int?

        enum CodingKeys: String, CodingKey {
            case name, kind, profile, state, reason, key, rotation, request, failures, sinks
            case nextAt = "next_at"
            case lastSuccess = "last_success"
            case lastFailure = "last_failure"
            case maximumAge = "max_age"
        }

        package init(
            name: String,
            kind: String,
            profile: String,
            state: String,
            reason: String? = nil,
            nextAt: Int? = nil,
            key: Key? = nil,
            rotation: Rotation? = nil,
            lastSuccess: Int? = nil,
            request: String? = nil,
            failures: Int = 0,
            lastFailure: String? = nil,
            sinks: [String] = [],
            maximumAge: Int? = nil
        ) {
            (self.name, self.kind, self.profile, self.state) = (name, kind, profile, state)
            (self.reason, self.nextAt, self.key, self.rotation) = (reason, nextAt, key, rotation)
            (self.lastSuccess, self.request) = (lastSuccess, request)
            (self.failures, self.lastFailure) = (failures, lastFailure)
            (self.sinks, self.maximumAge) = (sinks, maximumAge)
        }
    }

    /// A key, by what its service calls it.
    package struct Key: Codable, Sendable, Equatable {
        package var id: String
        package var createdAt: Int
        /// When the broker last used it with success.
        package var verifiedAt: Int?
        package var publishedAt: Int?

        enum CodingKeys: String, CodingKey {
            case id
            case createdAt = "created_at"
            case verifiedAt = "verified_at"
            case publishedAt = "published_at"
        }

        package init(id: String, createdAt: Int, verifiedAt: Int?, publishedAt: Int?) {
            (self.id, self.createdAt, self.verifiedAt, self.publishedAt) = (id, createdAt, verifiedAt, publishedAt)
        }
    }

    /// A rotation under way.
    package struct Rotation: Codable, Sendable, Equatable {
        package var id: String
        package var startedAt: Int
        /// The name of the phase that it is in.
        package var phase: String
        package var since: Int
        /// When the phase ends by itself, or the next attempt is made.
        package var until: Int?
        /// All phases on the way of this plan, in their order.
        package var phases: [Phase]
        /// Attempts at this step that failed.
        package var attempts: Int
        package var lastFault: String?
        package var newKey: String?
        package var oldKey: String?
        /// Consumers that have not acknowledged.
        package var missing: [String]

        enum CodingKeys: String, CodingKey {
            case id, phase, since, until, phases, attempts, missing
            case startedAt = "started_at"
            case lastFault = "last_fault"
            case newKey = "new_key"
            case oldKey = "old_key"
        }

        package init(
            id: String,
            startedAt: Int,
            phase: String,
            since: Int,
            until: Int?,
            phases: [Phase],
            attempts: Int,
            lastFault: String?,
            newKey: String?,
            oldKey: String?,
            missing: [String]
        ) {
            (self.id, self.startedAt, self.phase, self.since, self.until) = (id, startedAt, phase, since, until)
            (self.phases, self.attempts, self.lastFault) = (phases, attempts, lastFault)
            (self.newKey, self.oldKey, self.missing) = (newKey, oldKey, missing)
        }
    }

    /// A phase on the way.
    package struct Phase: Codable, Sendable, Equatable {
        package var name: String
        /// `done`, `now` or `ahead`.
        package var state: String

        package init(name: String, state: String) {
            (self.name, self.state) = (name, state)
        }
    }
}
