internal import ArgumentParser
internal import Glibc
internal import SystemPrograms

/// `iam-broker top`: what the broker does, while it does it.
struct TopCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "top",
        abstract: "Watch profiles, workloads, denials and rotations; q ends it."
    )

    @OptionGroup var socket: AdminSocketOptions

    @Option(help: ArgumentHelp("Ask the broker so often, in seconds.", valueName: "s"))
    var interval: Double = 1

    @Flag(help: "Print one picture, without a terminal, and end.")
    var once = false

    func validate() throws {
        guard (0.1...3_600).contains(interval) else {
            throw ValidationError("--interval must be 0.1 to 3600 seconds")
        }
    }

    func run() async throws {
        let feed = TopFeed(socket.client, interval: interval)
        if once {
            try await feed.ask()
            let columns = isatty(STDOUT_FILENO) == 1 ? TopScreen.size.columns : 80
            let lines = TopFrame(feed.state, columns: columns, rows: Self.mostRows).lines
            try StandardOutput.write(lines.map { $0.text + "\n" }.joined())
            return
        }
        // What such a terminal is sent stands in the text.
        guard let terminal = Environment.value("TERM"), terminal != "dumb" else {
            throw CommandFailure(
                .usage,
                "top moves the cursor, and this terminal (TERM) does not say that it can",
                hint: "for a single picture: iam-broker top --once"
            )
        }
        let screen = ScreenOwner(isColored: Environment.value("NO_COLOR") == nil)
        // A daemon that cannot be reached at all is told of before the screen is taken.
        try await feed.ask()
        // Unstructured: it belongs to the screen, and ends with it.
        let asking = Task { await feed.run(changed: { KeptSignals.wakeUp() }) }
        defer { asking.cancel() }
        let code = try await OwnThread.run { try screen.show(feed) }
        if code != .success { throw code }
    }

    /// Of a picture that is printed: everything there is.
    private static let mostRows = 10_000
}

/// Shows what a feed brings, until somebody ends it.
private struct ScreenOwner: Sendable {
    let isColored: Bool

    private static let ends = [SIGTERM, SIGINT, SIGHUP, SIGQUIT]

    /// Blocks until `q`, the end of the input, or a signal.
    ///
    /// - Returns: the exit code: for a signal what shells make of it.
    func show(_ feed: TopFeed) throws -> ExitCode {
        let screen = try TopScreen(isColored: isColored)
        let signals: KeptSignals
        do throws(SystemFailure) {
            signals = try KeptSignals(Self.ends + [SIGWINCH, SIGTSTP, SIGCONT])
            try signals.unblock()
        } catch {
            throw CommandFailure(.internalFailure, "cannot watch for signals: \(error)")
        }
        try screen.enter()
        // Whatever ends this, the terminal is as it was.
        defer { screen.leave() }
        while true {
            let (columns, rows) = TopScreen.size
            if screen.isEntered { try screen.draw(TopFrame(feed.state, columns: columns, rows: rows).lines) }
            try signals.wait(limit: nil, orInputOn: screen.isEntered ? STDIN_FILENO : nil)
            while let event = try signals.next() {
                switch event.number {
                case let number? where Self.ends.contains(number): return ExitCode(128 + number)
                case SIGTSTP: Self.stop(screen)
                case SIGCONT: try screen.enter()
                default: break
                }
            }
            if screen.isEntered, try hasQuit() { return .success }
        }
    }

    /// Stops as the terminal wants it, on the shell's own screen.
    ///
    /// This thread may run on for a moment, so the screen is not taken again before the signal that continues it was seen.
    private static func stop(_ screen: TopScreen) {
        screen.leave()
        kill(getpid(), SIGSTOP)
    }

    /// Reads the keys that were pressed; the end of the input is one to quit, too.
    private func hasQuit() throws -> Bool {
        var descriptor = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
        guard unsafe poll(&descriptor, 1, 0) > 0 else { return false }
        var keys = [UInt8](repeating: 0, count: 64)
        let count = unsafe keys.withUnsafeMutableBytes { unsafe read(STDIN_FILENO, $0.baseAddress, $0.count) }
        if count < 0 { return errno != EINTR && errno != EAGAIN }
        guard count > 0 else { return true }
        return keys[..<count].contains { $0 == UInt8(ascii: "q") || $0 == UInt8(ascii: "Q") }
    }
}
