/// The answer to `POST /v1/lock` and `POST /v1/unlock`: every lock in force.
package struct LocksResponse: Codable, Sendable {
    /// The lock of all profiles, if there is one.
    package var all: Lock?
    /// The locks of single profiles, sorted by name.
    package var profiles: [Lock]

    package struct Lock: Codable, Sendable {
        /// The profile; absent in the lock of all.
        package var name: String?
        /// When it was locked, in seconds since 1970.
        package var since: Int
        /// The user ID of the operator who locked it.
        package var by: UInt32

        package init(name: String? = nil, since: Int, by: UInt32) {
            (self.name, self.since, self.by) = (name, since, by)
        }
    }

    package init(all: Lock?, profiles: [Lock]) {
        (self.all, self.profiles) = (all, profiles)
    }
}
