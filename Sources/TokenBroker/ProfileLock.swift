package import AccessPolicy
package import FoundationEssentials

/// An operator's word that nobody gets tokens.
package struct ProfileLock: Sendable, Hashable {
    /// When the operator locked, by the wall clock, in whole seconds.
    package let since: Date
    /// The operator's user ID.
    package let by: UInt32

    /// Parts of a second are dropped: they would not survive being stored.
    package init(since: Date, by: UInt32) {
        self.since = Date(timeIntervalSince1970: since.timeIntervalSince1970.rounded(.down))
        self.by = by
    }

    /// What is said to whoever asks for something of the instance while all is locked.
    package var messageForInstance: String {
        "everything has been locked by an operator since \(since.formatted(.iso8601)); "
            + "an operator can unlock it with iam-broker unlock"
    }

    /// What is said to whoever asks for a token of a locked profile.
    func error(for profile: ProfileName) -> AcquisitionError {
        AcquisitionError(
            .locked,
            "profile \(profile) has been locked by an operator since \(since.formatted(.iso8601)); "
                + "an operator can unlock it with iam-broker unlock"
        )
    }
}

extension AcquisitionError {
    /// What an attempt ends with that a lock made needless.
    static let lockedMeanwhile = AcquisitionError(.locked, "the profile was locked by an operator meanwhile")
}

/// All locks that operators have set.
///
/// The lock of all profiles is a lock of its own and not a list: it also holds for profiles that are configured later.
package struct LockSet: Sendable, Equatable {
    package var all: ProfileLock?
    /// The locks of single profiles, which hold with or without the lock of all.
    package var profiles: [ProfileName: ProfileLock]

    package init(all: ProfileLock? = nil, profiles: [ProfileName: ProfileLock] = [:]) {
        self.all = all
        self.profiles = profiles
    }

    package var isEmpty: Bool { all == nil && profiles.isEmpty }

    /// The lock that was set with `profile`; `nil` stands for all.
    subscript(_ profile: ProfileName?) -> ProfileLock? {
        get { profile.map { profiles[$0] } ?? all }
        set {
            if let profile { profiles[profile] = newValue } else { all = newValue }
        }
    }

    /// The lock that keeps tokens of `profile` from everybody: of two the one that was set first.
    package func lock(on profile: ProfileName) -> ProfileLock? {
        switch (all, profiles[profile]) {
        case (let all?, let own?): own.since < all.since ? own : all
        case (let all, let own): all ?? own
        }
    }
}
