internal import Synchronization
package import TokenBroker

/// A lock store in memory that fails and waits as its script says.
package final class ScriptedLockStore: LockStore {
    /// The script of the saves: for counting, holding and releasing calls.
    ///
    /// The message of an error becomes that of the store's; with ``AcquisitionError/Code/timedOut`` the save may have
    /// worked nevertheless, and did.
    package let script: Script<LockSet, Void>
    private let content: Mutex<LockSet>
    private let loadFailure: LockStoreError?

    /// A store that holds `locks`, or cannot be read.
    package init(_ locks: LockSet = LockSet(), loadFailure: LockStoreError? = nil) {
        content = Mutex(locks)
        self.loadFailure = loadFailure
        script = Script([]) { _ in .success(()) }
    }

    /// What a load would find.
    package var stored: LockSet { content.withLock { $0 } }

    package func load() throws(LockStoreError) -> LockSet {
        if let loadFailure { throw loadFailure }
        return stored
    }

    package func save(_ locks: LockSet) async throws(LockStoreError) {
        do {
            try await script.answer(to: locks)
        } catch {
            let isUncertain = error.code == .timedOut
            if isUncertain { content.withLock { $0 = locks } }
            throw LockStoreError(error.message, isContentUncertain: isUncertain)
        }
        content.withLock { $0 = locks }
    }
}
