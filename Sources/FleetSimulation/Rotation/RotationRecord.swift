/// What was seen of a rotation.
package struct RotationRecord: Sendable, Equatable {
    /// When the new key was published, for the first time.
    package internal(set) var publishedAt: Double?
    /// How many nodes had acknowledged at the end of each second.
    package internal(set) var acknowledged: [UInt32] = []
    /// When the machine had all acknowledgements that it waits for.
    package internal(set) var completeAt: Double?
    package internal(set) var disabledAt: Double?
    package internal(set) var deletedAt: Double?
    package internal(set) var finishedAt: Double?
    /// Why it waits for a person; `nil` when it does not.
    package internal(set) var halted: String?
    /// Nodes that ran and had the old key when it was disabled or deleted: there must be none.
    package internal(set) var nodesWithoutKey = 0
    /// Keys that were made, and those that are there in the end.
    package internal(set) var keysMade = 0
    package internal(set) var keysLeft = 0
    /// How often a node began to lead.
    package internal(set) var terms: Int64 = 0
    /// Writes of a leader whose term had ended; all were refused.
    package internal(set) var lateWritesRefused = 0
    /// Calls that a leader did not send because its lease might have ended.
    package internal(set) var callsNotSent = 0
    /// Nodes that were off and not waited for.
    package internal(set) var notWaitedFor = 0
    package internal(set) var etcdWrites: UInt64 = 0
    /// The most writes of acknowledgements in one second.
    package internal(set) var etcdPeak: UInt32 = 0
    package internal(set) var events: UInt64 = 0

    package init() {}
}
