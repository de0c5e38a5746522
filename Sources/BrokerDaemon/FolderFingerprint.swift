internal import CLinux
internal import FoundationEssentials
internal import Glibc

/// What a folder's files are at one moment: equal when nothing was written, added, removed or replaced in between.
struct FolderFingerprint: Equatable {
    private struct File: Equatable {
        let name: String
        let device: UInt64
        let inode: UInt64
        let size: UInt64
        let modified: Int64
    }

    private let files: [File]?

    init(of folder: String) {
        // What cannot be listed is the same as long as it cannot.
        files = try? FileManager.default.contentsOfDirectory(atPath: folder).sorted()
            .map { name in
                var status = clinux_file_status()
                guard unsafe clinux_read_status(AT_FDCWD, "\(folder)/\(name)", 0, &status) == 0 else {
                    return File(name: name, device: 0, inode: 0, size: 0, modified: 0)
                }
                return File(
                    name: name,
                    device: status.device,
                    inode: status.inode,
                    size: status.size,
                    modified: status.modified_ns
                )
            }
    }
}
