/// A process that has a descriptor of a socket, held so that its number cannot pass to another unnoticed.
struct SocketHolder: Sendable {
    let processID: Int32
    let folder: Folder
    /// Where in the folder the descriptor is: `fd/NUMBER`, or that of a thread.
    let descriptor: String
    /// `socket:[INODE]`.
    let target: [UInt8]

    /// What `/proc/PID/fd` shows for the socket.
    static func target(inode: UInt64) -> [UInt8] { Array("socket:[\(inode)]".utf8) }

    /// Whether the same process still has the same descriptor of the same socket.
    var stillHolds: Bool { (try? folder.link(descriptor, reads: target)) == true }
}
