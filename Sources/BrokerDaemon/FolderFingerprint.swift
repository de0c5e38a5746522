internal import FoundationEssentials
internal import Glibc

/// What a folder's files are at one moment: equal when nothing was written, added, removed or replaced in between.
struct FolderFingerprint: Equatable {
    private struct File: Equatable {
        let name: String
        let device: UInt64
        let inode: UInt64
        let size: Int
        let seconds: Int
        let nanoseconds: Int
    }

    private let files: [File]?

    init(of folder: String) {
        // What cannot be listed is the same as long as it cannot.
        files = try? FileManager.default.contentsOfDirectory(atPath: folder).sorted()
            .map { name in
                var status = stat()
                guard unsafe stat("\(folder)/\(name)", &status) == 0 else {
                    return File(name: name, device: 0, inode: 0, size: 0, seconds: 0, nanoseconds: 0)
                }
                return File(
                    name: name,
                    device: UInt64(status.st_dev),
                    inode: UInt64(status.st_ino),
                    size: Int(status.st_size),
                    seconds: status.st_mtim.tv_sec,
                    nanoseconds: status.st_mtim.tv_nsec
                )
            }
    }
}
