/// Where locks survive a restart of the daemon.
package protocol LockStore: Sendable {
    /// The locks that were stored last; none when nothing was ever stored.
    ///
    /// - Throws: when it cannot be known for certain what was stored. Nothing may be handed out then.
    func load() throws(LockStoreError) -> LockSet

    /// Stores `locks` in place of all that was stored, and returns once they would survive a loss of power.
    ///
    /// Of calls that overlap the last one counts.
    func save(_ locks: LockSet) async throws(LockStoreError)
}

/// Why locks could not be read or stored.
package struct LockStoreError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What failed, on which file, and what to do next.
    package let message: String
    /// After a failed save: the new locks may be what the next load finds.
    package let isContentUncertain: Bool
    package var description: String { message }

    package init(_ message: String, isContentUncertain: Bool = false) {
        self.message = message
        self.isContentUncertain = isContentUncertain
    }
}

/// A store, and the locks that it held at start: nothing can be handed out before they were read.
package struct StoredLocks: Sendable {
    package let locks: LockSet
    let store: any LockStore

    /// Reads what `store` holds.
    package init(reading store: any LockStore) throws(LockStoreError) {
        locks = try store.load()
        self.store = store
    }
}
