internal import CLinux
internal import Dispatch
internal import Glibc
internal import TokenBroker

/// Keeps locks in `locks.json`, in the folder that the configuration calls `state`.
///
/// The file is replaced whole: there is no moment at which a part of it could be read. It is for the daemon's user alone.
struct LockFile: LockStore {
    private let folder: String
    /// A disk may take its time, and nobody's thread waits for it.
    ///
    /// Saves happen one after the other.
    private let queue = DispatchQueue(label: "locks")

    init(folder: String) {
        self.folder = folder
    }

    private static let name = "locks.json"
    private static let newName = "locks.json.new"
    private var path: String { "\(folder)/\(Self.name)" }

    // MARK: Reading

    func load() throws(LockStoreError) -> LockSet {
        guard let folder = try openFolder() else { return LockSet() }
        // Without waiting: a pipe in place of the file would wait for a writer for ever.
        let file = unsafe Descriptor(openat(folder.number, Self.name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC))
        guard let file else {
            let reason = errno
            if reason == ENOENT { return LockSet() }
            throw unreadable("cannot be read: \(Self.text(reason))")
        }
        var status = clinux_file_status()
        let result = unsafe clinux_read_status(file.number, "", 0, &status)
        guard result == 0 else { throw unreadable("cannot be read: \(Self.text(-result))") }
        guard status.mode & S_IFMT == S_IFREG else { throw unreadable("is not a file") }
        guard status.owner == geteuid() else {
            throw unreadable("belongs to uid \(status.owner) and not to the daemon's user (uid \(geteuid()))")
        }
        guard status.mode & Self.writableByOthers == 0 else { throw unreadable("can be written by other users") }
        guard let locks = LockDocument.locks(parsing: try read(file)) else {
            throw unreadable("is damaged, or of another version of the daemon")
        }
        return locks
    }

    private func read(_ file: borrowing Descriptor) throws(LockStoreError) -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16 * 1_024)
        while bytes.count <= LockDocument.sizeLimit {
            let count = unsafe Glibc.read(file.number, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw unreadable("cannot be read: \(Self.text(errno))") }
            guard count > 0 else { return bytes }
            bytes += chunk[..<count]
        }
        throw unreadable("is larger than \(LockDocument.sizeLimit) bytes")
    }

    private func unreadable(_ what: String) -> LockStoreError {
        LockStoreError(
            "\(path): \(what); it is not known which profiles are locked. Restore it, or, when nothing is to be locked, "
                + "remove it"
        )
    }

    // MARK: Writing

    func save(_ locks: LockSet) async throws(LockStoreError) {
        let result: Result<Void, LockStoreError> = await withCheckedContinuation { continuation in
            queue.async { continuation.resume(returning: Result { () throws(LockStoreError) in try write(locks) }) }
        }
        try result.get()
    }

    private func write(_ locks: LockSet) throws(LockStoreError) {
        let bytes: [UInt8]
        do {
            bytes = try LockDocument.bytes(locks)
        } catch {
            throw LockStoreError("\(path) cannot be written: the locks cannot be encoded")
        }
        try makeFolder()
        guard let folder = try openFolder() else { throw failure("the folder cannot be opened", ENOENT) }
        // What a daemon left that was killed in the middle.
        if unsafe unlinkat(folder.number, Self.newName, 0) != 0, errno != ENOENT {
            throw failure("\(Self.newName) cannot be removed", errno)
        }
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
        let file = unsafe Descriptor(openat(folder.number, Self.newName, flags, 0o600))
        guard let file else { throw failure("\(Self.newName) cannot be made", errno) }
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(file.number, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw failure("\(Self.newName) cannot be written", errno) }
            rest = rest.dropFirst(count)
        }
        guard fsync(file.number) == 0 else { throw failure("\(Self.newName) cannot be written", errno) }
        guard unsafe renameat(folder.number, Self.newName, folder.number, Self.name) == 0 else {
            throw failure("it cannot be replaced", errno)
        }
        // The new file is in place; without this it might not be after a loss of power.
        guard fsync(folder.number) == 0 else { throw failure("the folder cannot be written", errno, isUncertain: true) }
    }

    private func failure(_ what: String, _ code: CInt, isUncertain: Bool = false) -> LockStoreError {
        LockStoreError(
            "\(path) cannot be written: \(what): \(Self.text(code)); the folder must be writable by the daemon's user "
                + "(uid \(geteuid()))",
            isContentUncertain: isUncertain
        )
    }

    // MARK: The folder

    /// Makes the folder when it is missing, so that it survives a loss of power; never those around it.
    private func makeFolder() throws(LockStoreError) {
        guard unsafe mkdir(folder, 0o700) == 0 else {
            if errno == EEXIST { return }
            throw failure("the folder cannot be made", errno)
        }
        let parent = unsafe Descriptor(open("\(folder)/..", O_RDONLY | O_DIRECTORY | O_CLOEXEC))
        if let parent, fsync(parent.number) == 0 { return }
        let reason = errno
        // It is made again next time; one that stays empty does no harm.
        _ = unsafe rmdir(folder)
        throw failure("the folder around it cannot be written", reason)
    }

    /// The folder, or `nil` when there is none.
    ///
    /// Who may write it can remove the file, and with it every lock.
    private func openFolder() throws(LockStoreError) -> Descriptor? {
        let descriptor = unsafe Descriptor(open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC))
        guard let descriptor else {
            let reason = errno
            if reason == ENOENT { return nil }
            throw LockStoreError("the state folder \(folder) cannot be opened: \(Self.text(reason))")
        }
        var status = clinux_file_status()
        let result = unsafe clinux_read_status(descriptor.number, "", 0, &status)
        guard result == 0 else {
            throw LockStoreError("the state folder \(folder) cannot be opened: \(Self.text(-result))")
        }
        guard [geteuid(), 0].contains(status.owner), status.mode & Self.writableByOthers == 0 else {
            throw LockStoreError(
                "the state folder \(folder) belongs to another user or can be written by others; "
                    + "give it to the daemon's user (uid \(geteuid())) with mode 0700"
            )
        }
        return descriptor
    }

    private static let writableByOthers: mode_t = S_IWGRP | S_IWOTH

    private static func text(_ code: CInt) -> String { unsafe String(cString: strerror(code)) }
}

/// An open file that is closed when it goes out of use.
private struct Descriptor: ~Copyable {
    let number: CInt

    /// `nil` for what a failed call answers; `errno` says why.
    init?(_ number: CInt) {
        guard number >= 0 else { return nil }
        self.number = number
    }

    deinit { close(number) }
}
