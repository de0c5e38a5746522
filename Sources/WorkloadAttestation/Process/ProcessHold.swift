internal import CLinux
internal import Glibc
internal import Synchronization

/// A hold on one process, which tells it from every other one that gets its number.
final class ProcessHold: Sendable {
    let processID: Int32
    /// The user whom the process must run as.
    let userID: UInt32
    private let pidfd: Descriptor
    private let observe: AttestationObserver
    private let opened: Mutex<Opened?>

    private struct Opened {
        let folder: ProcessFolder
        let startTime: UInt64
    }

    /// Holds the process of a pidfd that the kernel gave for a socket.
    ///
    /// It makes no system call.
    init(pidfd: Descriptor, processID: Int32, userID: UInt32, observe: @escaping AttestationObserver) {
        self.processID = processID
        self.userID = userID
        self.pidfd = pidfd
        self.observe = observe
        opened = Mutex(nil)
    }

    /// Holds the process that has the number `processID` now, if it runs as `userID`, or as anyone when that is `nil`.
    init(
        processNumber processID: Int32,
        userID: UInt32?,
        observe: @escaping AttestationObserver
    ) throws(AttestationError) {
        let folder = try ProcessFolder.open(processID, observe: observe)
            .orRefuse(processID, "opening /proc/\(processID)")
        let startTime = try folder.startTime().orRefuse(processID, "reading its start time")
        let owner = try folder.owner().orRefuse(processID, "reading its owner")
        let number = clinux_pidfd_open(processID)
        guard number >= 0 else { throw .refusal(of: processID, "opening a pidfd", SystemError(code: -number)) }
        self.processID = processID
        self.userID = userID ?? owner
        pidfd = Descriptor(owning: number)
        self.observe = observe
        opened = Mutex(Opened(folder: folder, startTime: startTime))
        // The folder is still that of the number's owner, so the pidfd between the two is, too.
        _ = try confirmed()
    }

    /// The folder of the process, after a check that the process runs, is the same one and has the same user.
    ///
    /// - Throws: ``AttestationError`` with the code `exited`, `replaced` or `unreadable`.
    func confirmed() throws(AttestationError) -> ProcessFolder {
        let opened = try open()
        let startTime = try opened.folder.startTime().orRefuse(processID, "reading its start time")
        let owner = try opened.folder.owner().orRefuse(processID, "reading its owner")
        // After the reading: only while the process runs is what was read certain to be its own.
        guard pidfd.isRunningProcess else { throw .exited(processID) }
        guard startTime == opened.startTime else {
            throw AttestationError(.replaced, "process \(processID) is another one than connected; connect again")
        }
        guard owner == userID else {
            throw AttestationError(
                .replaced,
                "process \(processID) runs as user \(owner), but user \(userID) connected; connect after changing the user"
            )
        }
        return opened.folder
    }

    /// Whether the process runs the program `identity` now.
    ///
    /// One system call, no waiting.
    func runs(_ identity: FileStatus.Identity) -> Bool {
        opened.withLock { $0?.folder }?.identity(of: "exe") == identity
    }

    /// Whether the process has not ended.
    ///
    /// One system call, no waiting.
    var isRunning: Bool { pidfd.isRunningProcess }

    private func open() throws(AttestationError) -> Opened {
        if let already = opened.withLock({ $0 }) { return already }
        let folder = try ProcessFolder.open(processID, observe: observe)
            .orRefuse(processID, "opening /proc/\(processID)")
        let startTime = try folder.startTime().orRefuse(processID, "reading its start time")
        // The process has its number as long as it runs: if it does after the opening, the folder is its own.
        guard pidfd.isRunningProcess else { throw .exited(processID) }
        let fresh = Opened(folder: folder, startTime: startTime)
        return opened.withLock { known in
            if let known { return known }
            known = fresh
            return fresh
        }
    }
}
