internal import FoundationEssentials
internal import Glibc
internal import Logging
internal import Synchronization

/// Where the lines of the daemon's log go.
///
/// Nobody ever waits for it. What it does not take at once is kept, up to a limit, and tried again; what is over the limit is
/// counted, and the count becomes a line once lines are taken again.
package final class LogDestination: Sendable {
    private struct State: Sendable {
        var stream: LineStream
        /// The oldest first.
        var waiting: [LogRecord] = []
        var waitingBytes = 0
        var lost = 0
        var lostAt = Date.distantPast
        /// The count did not find room.
        var mustTell = false
        var isRetryDue = false

        mutating func lose(_ record: LogRecord) {
            lost += 1
            lostAt = record.time
        }
    }

    private let journal: JournalSocket?
    private let format: LogConfiguration.Format
    private let later: @Sendable (@escaping @Sendable () -> Void) -> Void
    private let state: Mutex<State>

    /// How much waits, in bytes.
    static let mostWaiting = 1 << 20

    /// - Parameters:
    ///   - configuration: says where to.
    ///   - journalStream: the value of `JOURNAL_STREAM` in the environment.
    ///   - descriptor: standard error.
    ///   - later: runs what it is given a little later, on another thread.
    package init(
        _ configuration: LogConfiguration,
        journalStream: String?,
        descriptor: Int32 = STDERR_FILENO,
        later: @escaping @Sendable (@escaping @Sendable () -> Void) -> Void
    ) {
        let isToJournal =
            switch configuration.target {
            case .journal: true
            case .stderr: false
            case .auto: JournalStream.isConnected(journalStream, descriptor)
            }
        journal = isToJournal ? JournalSocket(path: configuration.journalSocket) : nil
        format = configuration.format
        self.later = later
        state = Mutex(State(stream: LineStream(descriptor: descriptor)))
    }

    func write(_ record: LogRecord) {
        let mustRetry = state.withLock { state in
            tellLost(&state)
            let outcome = state.waiting.isEmpty ? send(record, &state.stream) : .full
            switch outcome {
            case .written: break
            case .absent: state.lose(record)
            case .full where state.waitingBytes + record.size > Self.mostWaiting: state.lose(record)
            case .full:
                state.waiting.append(record)
                state.waitingBytes += record.size
            }
            return planRetry(&state)
        }
        if mustRetry { later { [self] in retry() } }
    }

    /// Whether something was not taken yet.
    package var isWaiting: Bool {
        state.withLock { !$0.waiting.isEmpty || $0.stream.isWithinLine || $0.mustTell }
    }

    /// Writes what waits, as far as it is taken.
    package func retry() {
        let mustRetry = state.withLock { state in
            state.isRetryDue = false
            var done = 0
            loop: for record in state.waiting {
                switch send(record, &state.stream) {
                case .written: break
                case .absent: state.lose(record)
                case .full: break loop
                }
                done += 1
                state.waitingBytes -= record.size
            }
            state.waiting.removeFirst(done)
            tellLost(&state)
            if state.stream.isWithinLine { _ = state.stream.finishLine() }
            return planRetry(&state)
        }
        if mustRetry { later { [self] in retry() } }
    }

    /// Says how many lines were lost, if all that came before them is written.
    private func tellLost(_ state: inout State) {
        guard state.lost > 0, state.waiting.isEmpty else { return }
        let outcome = send(LogRecord(lost: state.lost, time: state.lostAt), &state.stream)
        state.mustTell = outcome == .full
        if outcome == .written { state.lost = 0 }
    }

    private func planRetry(_ state: inout State) -> Bool {
        guard !state.waiting.isEmpty || state.stream.isWithinLine || state.mustTell, !state.isRetryDue else {
            return false
        }
        state.isRetryDue = true
        return true
    }

    private func send(_ record: LogRecord, _ stream: inout LineStream) -> SendOutcome {
        guard let journal else { return stream.write(LogLine.bytes(record, format)) }
        let outcome = journal.send(JournalEntry.bytes(record))
        // A machine without journald still has somebody who reads standard error.
        return outcome == .absent ? stream.write(LogLine.bytes(record, format)) : outcome
    }
}

extension LogRecord {
    fileprivate init(lost count: Int, time: Date) {
        let event = LogEvent(
            level: .warning,
            message: "Log lines were lost: there was no room for them",
            metadata: nil,
            source: nil,
            file: #fileID,
            function: #function,
            line: #line
        )
        self.init(event, metadata: ["log.lost": "\(count)"], time: time)
    }
}
