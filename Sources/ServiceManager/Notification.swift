/// What a service tells its manager (sd_notify(3)).
package enum Notification: Sendable, Equatable {
    /// It serves, or serves again after a reload.
    case ready
    /// It reads its configuration again.
    case reloading
    case stopping
    /// How it is doing, in one line for people.
    case status(String)
    /// It is alive.
    case watchdog
    /// Keep the descriptor that comes along, and give it to whoever starts next.
    case store(name: String)
    /// Keep it no longer.
    case forget(name: String)

    /// The assignments that stand for it, one on a line; `monotonic` is `CLOCK_MONOTONIC` in microseconds.
    package func text(monotonic: Int64) -> String {
        switch self {
        case .ready: "READY=1"
        case .reloading: "RELOADING=1\nMONOTONIC_USEC=\(monotonic)"
        case .stopping: "STOPPING=1"
        case .status(let text): "STATUS=\(Self.line(text))"
        case .watchdog: "WATCHDOG=1"
        // A memory file is never ready to be polled, and one that polls as broken would be thrown out (FDPOLL).
        case .store(let name): "FDSTORE=1\nFDNAME=\(name)\nFDPOLL=0"
        case .forget(let name): "FDSTOREREMOVE=1\nFDNAME=\(name)"
        }
    }

    /// A line end would begin another assignment.
    private static func line(_ text: String) -> String {
        let line = String(text.map { $0.isNewline ? " " : $0 })
        return line.count <= mostCharacters ? line : line.prefix(mostCharacters - 1) + "…"
    }

    private static let mostCharacters = 512
}
