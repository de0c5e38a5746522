package import FoundationEssentials
package import Logging

/// Gives the lines of a logger to a destination.
package struct DaemonLogHandler: LogHandler {
    private let destination: LogDestination
    private let levels: LogLevels
    private let now: @Sendable () -> Date
    /// For this logger alone.
    private var ownLevel: Logger.Level?
    package var metadata: Logger.Metadata = [:]
    package var metadataProvider: Logger.MetadataProvider?

    /// - Parameters:
    ///   - destination: where lines go.
    ///   - levels: how much is logged, also after it was changed.
    ///   - now: the wall clock.
    ///   - metadataProvider: tells on whose behalf something is logged.
    package init(
        _ destination: LogDestination,
        levels: LogLevels,
        now: @escaping @Sendable () -> Date,
        metadataProvider: Logger.MetadataProvider? = nil
    ) {
        (self.destination, self.levels, self.now) = (destination, levels, now)
        self.metadataProvider = metadataProvider
    }

    package var logLevel: Logger.Level {
        get { ownLevel ?? levels.current }
        set { ownLevel = newValue }
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        var all = metadata
        if let provided = metadataProvider?.get() { all.merge(provided) { $1 } }
        // What the line itself says counts most.
        if let own = event.metadata { all.merge(own) { $1 } }
        destination.write(LogRecord(event, metadata: all, time: now()))
    }
}
