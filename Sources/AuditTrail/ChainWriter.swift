internal import AuditChain
internal import TokenBroker

/// Writes what waits in the queue, line after line; the only one that touches the files.
///
/// What it knows of the chain is what is in the file: a write that fails changes nothing, and is done again.
actor ChainWriter {
    private let executor = WriterExecutor()
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    let configuration: AuditFileConfiguration
    let time: any TimeSource
    private let queue: AuditQueue

    private var folder: LogFolder?
    private var file: LogFile?
    /// `nil` until the end of the chain was found.
    private var head: ChainHead?
    private var needsLineFeed = false
    private var backlog: ArraySlice<AuditEntry> = []
    private var isClosed = false

    private var isFailing = false
    private var lastAttempt: Duration?
    private var isUnsynced = false
    private var lastSync: Duration?
    private var nextRotation: Duration = .zero
    private var notices: WriterNotices

    init(
        _ configuration: AuditFileConfiguration,
        queue: AuditQueue,
        time: any TimeSource,
        notify: @escaping @Sendable (AuditNotice) -> Void
    ) {
        self.configuration = configuration
        self.queue = queue
        self.time = time
        notices = WriterNotices(notify)
    }

    // MARK: Passes

    /// Finds the end of the chain, unless it is known.
    func open() throws(AuditFileError) {
        let now = time.now.boot
        do {
            try findEnd()
            notices.head(queue.status.head, now)
        } catch {
            failed(error, now)
            throw error
        }
    }

    /// Writes all that waits.
    ///
    /// - Parameter isForced: whether to try even if an attempt has just failed.
    /// - Returns: when to come back though nobody records anything, on the boot-time clock.
    func pass(isForced: Bool = false) -> Duration? {
        guard !isClosed else { return nil }
        let now = time.now.boot
        if isFailing, !isForced, let lastAttempt, now < lastAttempt + Self.shortestRetry { return deadline(now) }
        lastAttempt = now
        do throws(AuditFileError) {
            try findEnd()
            try writeBacklog(now)
            try sync(now)
            works()
        } catch {
            failed(error, now)
        }
        let status = queue.status
        notices.lost(status.lost, now)
        if let due = notices.headDue(status.head), now >= due { notices.head(status.head, now) }
        return deadline(now)
    }

    /// Goes on in a new file when somebody renamed or removed the current one.
    func reopen() {
        guard !isClosed else { return }
        do throws(AuditFileError) {
            if let folder, let file, try !folder.isCurrent(file) { try begin(in: folder) }
        } catch {
            failed(error, time.now.boot)
        }
        _ = pass(isForced: true)
    }

    /// Writes what is left, and gives the files back.
    func close() {
        guard !isClosed else { return }
        _ = pass(isForced: true)
        let now = time.now.boot
        do throws(AuditFileError) {
            if isUnsynced { try file?.sync() }
        } catch {
            failed(error, now)
        }
        let abandoned = queue.abandon(backlog + queue.take(at: time.now.wall))
        if abandoned > 0 { notices.tell(.lost(queue.status.lost)) }
        notices.head(queue.status.head, now)
        (backlog, file, folder, isClosed) = ([], nil, nil, true)
    }

    // MARK: Writing

    private func writeBacklog(_ now: Duration) throws(AuditFileError) {
        if let folder, let file {
            try file.look()
            if !file.isLinked { try begin(in: folder) }
        }
        while true {
            if backlog.isEmpty { backlog = queue.take(at: time.now.wall)[...] }
            guard !backlog.isEmpty else { return }
            if file == nil, let folder { file = try folder.openCurrent() }
            try rotateIfFull(now)
            guard let file, let head else { return }
            var batch = LineBatch(after: head, needsLineFeed: needsLineFeed)
            for entry in backlog {
                try batch.append(entry)
                if batch.bytes.count >= min(LineBatch.size, configuration.maximumSize - file.size) { break }
            }
            try write(batch, to: file)
        }
    }

    private func write(_ batch: LineBatch, to file: LogFile) throws(AuditFileError) {
        var isTorn = false
        do {
            try file.append(batch.bytes, isTorn: &isTorn)
        } catch {
            // A part of the lines is in the file for good: the end must be looked for again.
            if isTorn { (self.file, head) = (nil, nil) }
            throw error
        }
        file.firstSequence = file.firstSequence ?? (head?.sequence ?? 0) + 1
        let written = backlog.prefix(batch.entries)
        backlog = backlog.dropFirst(batch.entries)
        (head, needsLineFeed, isUnsynced) = (batch.head, false, true)
        queue.written(written, head: batch.head)
        for entry in written {
            guard case .removed(let name) = entry.content else { continue }
            tolerate { () throws(AuditFileError) in try folder?.remove(name) }
        }
    }

    private func sync(_ now: Duration) throws(AuditFileError) {
        guard isUnsynced, isFailing || lastSync.map({ now >= $0 + Self.syncInterval }) ?? true else { return }
        try file?.sync()
        (isUnsynced, lastSync) = (false, now)
    }

    // MARK: Files

    private func findEnd() throws(AuditFileError) {
        guard head == nil else { return }
        let folder: LogFolder
        if let open = self.folder {
            folder = open
        } else {
            folder = try LogFolder(configuration.folder)
            self.folder = folder
        }
        var reason: (why: String, folder: String)?
        var end: ChainEnd
        do throws(AuditFileError) {
            end = try folder.findEnd()
        } catch {
            guard error.code == .notUnderstood, !configuration.isRequired else { throw error }
            reason = (error.message, try folder.moveAside())
            end = ChainEnd(head: .start)
        }
        let file = try folder.openCurrent()
        file.firstSequence = end.firstSequence
        (self.file, head, needsLineFeed) = (file, end.head, end.needsLineFeed)
        queue.continues(end.interrupted == nil ? end.head : .start)
        if let interrupted = end.interrupted {
            insert([.recovered(after: interrupted.after, bytes: interrupted.bytes)])
            notices.tell(.recovered(bytes: interrupted.bytes))
        }
        if let reason {
            insert([.newChain(reason: reason.why, folder: reason.folder)])
            notices.tell(.newChain(reason: reason.why, folder: reason.folder))
        }
    }

    private func rotateIfFull(_ now: Duration) throws(AuditFileError) {
        guard let folder, let file, let head, file.size >= configuration.maximumSize, now >= nextRotation else {
            return
        }
        if isUnsynced { try file.sync() }
        isUnsynced = false
        // When the file cannot be put away, the lines go on in it.
        let isAway = tolerate { () throws(AuditFileError) in
            if try folder.isCurrent(file) {
                try folder.putAway(as: ChainFileName(first: file.firstSequence ?? 0, last: head.sequence))
            }
        }
        guard isAway else {
            nextRotation = now + Self.longestRetry
            return
        }
        try begin(in: folder)
        notices.head(queue.status.head, now)
        tolerate { () throws(AuditFileError) in
            let full = try folder.fullFiles()
            let oldest = full.dropLast(configuration.keptFiles)
            insert(oldest.map { .removed("\($0)") })
        }
    }

    /// Goes on in a new file.
    private func begin(in folder: LogFolder) throws(AuditFileError) {
        if isUnsynced { try file?.sync() }
        (file, isUnsynced, needsLineFeed) = (nil, false, false)
        file = try folder.openCurrent()
    }

    /// Puts lines of the writer's own before those that wait.
    private func insert(_ contents: [AuditEntry.Content]) {
        let now = time.now.wall
        if !contents.isEmpty { backlog = contents.map { AuditEntry($0, at: now) } + backlog }
    }

    /// Does what lines do not depend on: a failure is told, and no more.
    @discardableResult
    private func tolerate(_ body: () throws(AuditFileError) -> Void) -> Bool {
        do {
            try body()
            return true
        } catch {
            notices.failed(error.message, time.now.boot)
            return false
        }
    }

    // MARK: Afterwards

    private func failed(_ error: AuditFileError, _ now: Duration) {
        isFailing = true
        lastAttempt = now
        queue.failed(error.message)
        notices.failed(error.message, now)
    }

    private func works() {
        guard isFailing else { return }
        isFailing = false
        queue.failed(nil)
        notices.worksAgain()
    }

    private func deadline(_ now: Duration) -> Duration? {
        var deadlines: [Duration] = []
        if isFailing, let lastAttempt { deadlines.append(lastAttempt + Self.longestRetry) }
        // While writing fails nothing is synced either, and an instant of the past would wake nobody.
        if isUnsynced, !isFailing { deadlines.append((lastSync ?? now) + Self.syncInterval) }
        if let due = notices.headDue(queue.status.head) { deadlines.append(due) }
        return deadlines.min()
    }

    private static let shortestRetry = Duration.milliseconds(100)
    private static let longestRetry = Duration.seconds(1)
    private static let syncInterval = Duration.seconds(1)
}
