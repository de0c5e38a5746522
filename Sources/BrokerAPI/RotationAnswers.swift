/// The answer to `GET /v1/rotations/history`: what happened, the newest first.
package struct RotationHistoryResponse: Codable, Sendable, Equatable {
    package var events: [Event]

    package struct Event: Codable, Sendable, Equatable {
        /// Seconds since 1970.
        package var at: Int
        package var plan: String
        /// The ID of the rotation; absent for what belongs to none.
        package var rotation: String?
        /// A stable word, such as `published`.
        package var kind: String
        package var detail: String

        package init(at: Int, plan: String, rotation: String?, kind: String, detail: String) {
            (self.at, self.plan, self.rotation, self.kind, self.detail) = (at, plan, rotation, kind, detail)
        }
    }

    package init(events: [Event]) {
        self.events = events
    }
}

/// The answer to `GET /v1/rotations/plan`: what a rotation would do, if all went well.
package struct RotationRehearsalResponse: Codable, Sendable, Equatable {
    package var plan: String
    package var steps: [Step]
    /// Why it would not come to its end.
    package var refusal: String?

    package struct Step: Codable, Sendable, Equatable {
        /// When at the earliest, in seconds since 1970.
        package var at: Int
        package var phase: String
        /// For people: what is done.
        package var action: String
        /// The requests that it sends: method, URL, and what of the body is no secret.
        package var requests: [String]

        package init(at: Int, phase: String, action: String, requests: [String]) {
            (self.at, self.phase, self.action, self.requests) = (at, phase, action, requests)
        }
    }

    package init(plan: String, steps: [Step], refusal: String?) {
        (self.plan, self.steps, self.refusal) = (plan, steps, refusal)
    }
}

/// The answer to `GET` and `DELETE /v1/rotations/orphans`: keys that carry a plan's name and that it does not use.
package struct RotationOrphansResponse: Codable, Sendable, Equatable {
    package var orphans: [Orphan]
    /// Plans whose keys cannot be known now, and why.
    package var failures: [Failure]

    package struct Orphan: Codable, Sendable, Equatable {
        package var plan: String
        package var key: String
        package var name: String?
        package var createdAt: Int?
        /// Absent when it never was used, or nobody tells.
        package var lastUse: Int?
        /// Whether this machine's journal knows the rotation that made it; otherwise another machine may use it.
        package var isKnown: Bool

        enum CodingKeys: String, CodingKey {
            case plan, key, name
            case createdAt = "created_at"
            case lastUse = "last_use"
            case isKnown = "known"
        }

        package init(plan: String, key: String, name: String?, createdAt: Int?, lastUse: Int?, isKnown: Bool) {
            (self.plan, self.key, self.name) = (plan, key, name)
            (self.createdAt, self.lastUse, self.isKnown) = (createdAt, lastUse, isKnown)
        }
    }

    package struct Failure: Codable, Sendable, Equatable {
        package var plan: String
        package var message: String

        package init(plan: String, message: String) {
            (self.plan, self.message) = (plan, message)
        }
    }

    package init(orphans: [Orphan], failures: [Failure]) {
        (self.orphans, self.failures) = (orphans, failures)
    }
}

/// The answer to `GET /v1/rotations/next`: when rotations of a plan begin, in seconds since 1970.
package struct RotationTimesResponse: Codable, Sendable, Equatable {
    package var next: [Int]

    package init(next: [Int]) {
        self.next = next
    }
}
