internal import AccessPolicy

/// Why a lock or an unlock was not done, or not wholly.
package struct LockFailure: Error, Sendable, Equatable {
    package enum Code: Sendable, CaseIterable {
        /// There is no such profile.
        case unknownProfile
        /// What is locked or unlocked now does not fit the demand.
        case conflict
        /// The store could not be written.
        case notStored
    }

    package let code: Code
    /// For an operator: what happened, and what to do next.
    package let message: String

    init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    static func unknown(_ profile: ProfileName) -> LockFailure {
        LockFailure(.unknownProfile, "there is no profile \(profile)")
    }

    static let allAreLocked = LockFailure(
        .conflict,
        "all profiles are locked, and one alone cannot be unlocked; unlock all first with iam-broker unlock, "
            + "and before that lock by name those that are to stay locked"
    )
    static let lockedMeanwhile = LockFailure(
        .conflict,
        "somebody locked it again meanwhile, and it stays locked; unlock once more if that is wanted"
    )
}
