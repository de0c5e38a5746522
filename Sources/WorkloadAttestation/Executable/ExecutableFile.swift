internal import CLinux
internal import Glibc
internal import MessageDigests

/// The program of a process, opened through `/proc/PID/exe`: the file that runs, whatever is at its path by now.
struct ExecutableFile: Sendable {
    let version: FileStatus.Version
    /// Whether only root can have written the file.
    let isOutOfUsersHands: Bool
    private let file: Descriptor

    enum Unusable: Error {
        case unreadable(SystemError)
        case notRegular
        case servedByUser
        case tooLarge(limit: UInt64)
        case changed
        case digestFailed
        case abandoned

        var reason: String {
            switch self {
            case .unreadable(let error):
                "the executable cannot be read: \(error); the daemon needs CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH"
            case .notRegular: "the executable is no regular file"
            case .servedByUser: "the executable is on a FUSE file system, which may give another content to each reader"
            case .tooLarge(let limit): "the executable is larger than \(limit) bytes"
            case .changed: "the executable changed while it was read"
            case .digestFailed: "the executable's digest cannot be computed"
            case .abandoned: "reading the executable took too long"
            }
        }
    }

    private static let partSize = 1 << 20
    /// FUSE_SUPER_MAGIC and OVERLAYFS_SUPER_MAGIC of linux/magic.h.
    private static let fuse: Int64 = 0x6573_5546
    private static let overlay: Int64 = 0x794C_7630

    init(in folder: ProcessFolder, largest limit: UInt64) throws(Unusable) {
        switch folder.open("exe") {
        case .failure(let error): throw .unreadable(error)
        case .success(let file): self.file = file
        }
        let status = try Self.status(of: file)
        guard status.isRegular else { throw .notRegular }
        guard status.version.size <= limit else { throw .tooLarge(limit: limit) }
        let fileSystem = clinux_file_system_type(file.number)
        guard fileSystem >= 0 else { throw .unreadable(SystemError(code: CInt(truncatingIfNeeded: -fileSystem))) }
        // Any user can lay a file system of layers over one that a program of his serves; but not show root's files in it.
        guard fileSystem != Self.fuse, fileSystem != Self.overlay || status.owner == 0 else { throw .servedByUser }
        version = status.version
        isOutOfUsersHands = status.owner == 0 && !status.isWritableByOthers
    }

    /// Reads the whole file.
    ///
    /// It may take long. The content counts only when the file did not change meanwhile.
    func digest(_ abandoned: AbandonedFlag) throws(Unusable) -> SHA256Digest {
        let part = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.partSize, alignment: 16)
        defer { part.deallocate() }
        do {
            let hash = try SHA256()
            var offset: UInt64 = 0
            while offset < version.size {
                if abandoned.isSet { throw Unusable.abandoned }
                let count = pread(file.number, part.baseAddress, part.count, off_t(clamping: offset))
                if count < 0 && errno == EINTR { continue }
                guard count >= 0 else { throw Unusable.unreadable(.last) }
                guard count > 0 else { throw Unusable.changed }
                try hash.update(UnsafeRawBufferPointer(rebasing: part[..<count]))
                offset += UInt64(count)
            }
            guard try Self.status(of: file).version == version else { throw Unusable.changed }
            return try hash.finish()
        } catch let error as Unusable {
            throw error
        } catch {
            throw .digestFailed
        }
    }

    private static func status(of file: Descriptor) throws(Unusable) -> FileStatus {
        switch FileStatus.read("", in: file.number) {
        case .success(let status): return status
        case .failure(let error): throw .unreadable(error)
        }
    }
}
