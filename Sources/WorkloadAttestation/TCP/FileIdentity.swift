/// Which file something is, whatever its names.
struct FileIdentity: Sendable, Hashable {
    let device: UInt64
    let inode: UInt64
}
