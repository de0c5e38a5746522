/// Where the audit log is and how much of it is kept.
package struct AuditFileConfiguration: Sendable, Equatable {
    /// The folder, of which the log has all names that begin with `audit`; it is made when its parent exists.
    package var folder: String
    /// Whether nothing may be handed out while events cannot be written.
    package var isRequired: Bool
    /// Bytes after which a new file is begun; the last line may exceed it.
    package var maximumSize: Int
    /// How many full files are kept beside the one that is written to.
    package var keptFiles: Int
    /// How many events may wait to be written.
    package var queueCapacity: Int

    package init(
        folder: String,
        isRequired: Bool = false,
        maximumSize: Int = 64 * 1_024 * 1_024,
        keptFiles: Int = 10,
        queueCapacity: Int = 65_536
    ) {
        self.folder = folder
        self.isRequired = isRequired
        self.maximumSize = max(1, maximumSize)
        self.keptFiles = max(0, keptFiles)
        self.queueCapacity = max(1, queueCapacity)
    }
}
