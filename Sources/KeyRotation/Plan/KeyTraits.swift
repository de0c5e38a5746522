/// What the service of a key can do, as far as a rotation depends on it.
package struct KeyTraits: Sendable, Hashable {
    /// How a key is found again whose creation was not written down.
    package enum Recognition: Sendable, Hashable {
        /// It carries its ``KeyName``.
        case byName
        /// It is the one that was not there before.
        case byDifference
    }

    package let recognition: Recognition
    /// Whether there is a value for consumers.
    package let hasValue: Bool
    /// Whether the value is drawn here and written down before the key is made, so that a lost answer loses nothing.
    package let takesOwnValue: Bool
    /// Whether the service tells when a key was last used.
    package let tellsActivity: Bool
    package let canDisable: Bool
    /// Whether old keys stay until they are deleted.
    package let canDelete: Bool
    /// Whether the newest key is the one in use, whoever made it: there is one place for it.
    package let isSingular: Bool
    /// How many keys an identity may have; `nil` where nobody counts.
    package let quota: Int?

    package init(
        recognition: Recognition,
        hasValue: Bool,
        takesOwnValue: Bool,
        tellsActivity: Bool,
        canDisable: Bool,
        canDelete: Bool,
        isSingular: Bool,
        quota: Int? = nil
    ) {
        (self.recognition, self.hasValue, self.takesOwnValue) = (recognition, hasValue, takesOwnValue)
        (self.tellsActivity, self.canDisable) = (tellsActivity, canDisable)
        (self.canDelete, self.isSingular, self.quota) = (canDelete, isSingular, quota)
    }
}
