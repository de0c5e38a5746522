internal import CLinux
internal import Glibc

/// What statx(2) tells about a file.
struct FileStatus: Sendable, Hashable {
    /// The file itself, whatever its names.
    ///
    /// The time of birth tells a file from an earlier one with the same number, where the file system keeps it.
    struct Identity: Sendable, Hashable {
        let device: UInt64
        let inode: UInt64
        let born: Int64
    }

    /// A file in one state of its content.
    ///
    /// The time of change cannot be set by programs, the time of modification can.
    struct Version: Sendable, Hashable {
        let identity: Identity
        let size: UInt64
        let modified: Int64
        let changed: Int64
    }

    let version: Version
    let links: UInt32
    let owner: UInt32
    let isRegular: Bool
    /// Whether somebody beside the owner may write it.
    let isWritableByOthers: Bool

    var identity: Identity { version.identity }

    /// Reads the status of a path relative to `folder`, or of `folder` itself when the path is empty.
    ///
    /// `flags` are `CLINUX_NO_FOLLOW` and `CLINUX_NO_SYNC`.
    static func read(_ path: String, in folder: CInt, flags: CInt = 0) -> Result<FileStatus, SystemError> {
        var status = clinux_file_status()
        let code = clinux_read_status(folder, path, flags, &status)
        guard code == 0 else { return .failure(SystemError(code: -code)) }
        let identity = Identity(device: status.device, inode: status.inode, born: status.born_ns)
        return .success(
            FileStatus(
                version: Version(
                    identity: identity,
                    size: status.size,
                    modified: status.modified_ns,
                    changed: status.changed_ns
                ),
                links: status.links,
                owner: status.owner,
                isRegular: status.mode & S_IFMT == S_IFREG,
                isWritableByOthers: status.mode & 0o022 != 0
            )
        )
    }
}
