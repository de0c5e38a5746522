package import Logging

/// Where the daemon's log goes, and how much of it.
package struct LogConfiguration: Sendable, Equatable {
    /// Where lines go.
    package enum Target: String, Sendable, CaseIterable {
        case journal
        case stderr
        /// The journal where standard error is connected to it, else standard error.
        case auto
    }

    /// What lines on standard error look like.
    package enum Format: String, Sendable, CaseIterable {
        case text
        case json
    }

    package var target: Target
    package var format: Format
    package var level: Logger.Level
    /// Where journald takes entries.
    package var journalSocket: String

    package init(
        target: Target = .auto,
        format: Format = .text,
        level: Logger.Level = .info,
        journalSocket: String = "/run/systemd/journal/socket"
    ) {
        (self.target, self.format, self.level, self.journalSocket) = (target, format, level, journalSocket)
    }
}
