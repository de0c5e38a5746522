/// The answer to `GET /v1/activity` on the admin socket: what was handed out and refused since the daemon started.
///
/// It holds no secrets. Times are seconds since 1970. Names of workloads are of others' choosing: escape them.
package struct ActivityResponse: Codable, Sendable, Equatable {
    /// When this was so.
    package var now: Int
    /// All that are configured, sorted by name.
    package var profiles: [Profile]
    /// Of what callers asked for and is no profile here, by outcome.
    package var elsewhere: [String: Int]
    /// Who got how many tokens, the most first; a bounded number.
    package var workloads: [Share]
    /// Tokens that went to workloads for which there was no room.
    package var releasedToOthers: Int
    /// How often each reason was given.
    package var refusals: [Refusals]
    /// The newest first; a bounded number, and each of the last hour.
    package var lastDenials: [Denial]
    /// Each minute of the last two hours, the oldest first; the last one is not over.
    package var minutes: [Minute]

    enum CodingKeys: String, CodingKey {
        case now, profiles, elsewhere, workloads, refusals, minutes
        case releasedToOthers = "released_to_others"
        case lastDenials = "last_denials"
    }

    package init(
        now: Int,
        profiles: [Profile],
        elsewhere: [String: Int] = [:],
        workloads: [Share] = [],
        releasedToOthers: Int = 0,
        refusals: [Refusals] = [],
        lastDenials: [Denial] = [],
        minutes: [Minute] = []
    ) {
        (self.now, self.profiles, self.elsewhere, self.workloads) = (now, profiles, elsewhere, workloads)
        (self.releasedToOthers, self.refusals) = (releasedToOthers, refusals)
        (self.lastDenials, self.minutes) = (lastDenials, minutes)
    }

    package struct Profile: Codable, Sendable, Equatable {
        package var name: String
        /// How often requests ended so: `released`, `denied`, `rate_limited`, `not_attested`, `locked` or `unavailable`.
        package var outcomes: [String: Int]

        package init(name: String, outcomes: [String: Int]) { (self.name, self.outcomes) = (name, outcomes) }
    }

    /// What workloads that do the same job are known by.
    package struct Workload: Codable, Sendable, Hashable {
        /// `unit`, `pod`, `container`, `executable` or `user`.
        package var kind: String
        /// Absent for `user`.
        package var name: String?
        package var userID: Int

        enum CodingKeys: String, CodingKey {
            case kind, name
            case userID = "uid"
        }

        package init(kind: String, name: String?, userID: Int) {
            (self.kind, self.name, self.userID) = (kind, name, userID)
        }

        /// The name without what is the same for all of its kind, such as the folders of a program; unescaped.
        package var shortName: String {
            guard let name else { return "uid \(userID)" }
            return kind == "executable" ? name.split(separator: "/").last.map(String.init) ?? name : name
        }
    }

    package struct Share: Codable, Sendable, Equatable {
        package var workload: Workload
        package var profile: String
        /// Tokens.
        package var released: Int

        package init(workload: Workload, profile: String, released: Int) {
            (self.workload, self.profile, self.released) = (workload, profile, released)
        }
    }

    package struct Refusals: Codable, Sendable, Equatable {
        /// Absent for what is no profile here, or of no profile at all.
        package var profile: String?
        /// Such as `no_grant_matches`.
        package var reason: String
        package var count: Int

        package init(profile: String?, reason: String, count: Int) {
            (self.profile, self.reason, self.count) = (profile, reason, count)
        }
    }

    /// A question that was refused, once or often.
    package struct Denial: Codable, Sendable, Equatable {
        /// For `iam-broker explain`.
        package var decision: String
        package var firstAt: Int
        package var lastAt: Int
        package var count: Int
        package var profile: String?
        /// Absent when nobody can say who asked.
        package var workload: Workload?
        package var userID: Int
        package var reason: String
        /// For people.
        package var message: String

        enum CodingKeys: String, CodingKey {
            case decision, count, profile, workload, reason, message
            case firstAt = "first_at"
            case lastAt = "last_at"
            case userID = "uid"
        }

        package init(
            decision: String,
            firstAt: Int,
            lastAt: Int,
            count: Int,
            profile: String?,
            workload: Workload?,
            userID: Int,
            reason: String,
            message: String
        ) {
            (self.decision, self.firstAt, self.lastAt, self.count) = (decision, firstAt, lastAt, count)
            (self.profile, self.workload, self.userID) = (profile, workload, userID)
            (self.reason, self.message) = (reason, message)
        }
    }

    package struct Minute: Codable, Sendable, Equatable {
        /// When it began.
        package var start: Int
        package var released: Int
        package var refused: Int

        package init(start: Int, released: Int, refused: Int) {
            (self.start, self.released, self.refused) = (start, released, refused)
        }
    }
}
