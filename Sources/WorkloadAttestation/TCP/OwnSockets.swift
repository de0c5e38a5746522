internal import Glibc

/// The sockets that this process holds.
enum OwnSockets {
    /// Whether a redirected peer has to be looked for among them: it has the daemon's user.
    static func mayHold(_ socket: SocketRecord) -> Bool { socket.userID == geteuid() }

    /// Refuses a redirected peer that looks like the daemon itself, which rules leave alone.
    ///
    /// When two connections would have equal addresses after translation, the kernel gives one of them another port by chance:
    /// that may be the port of a connection that the daemon has to where the peer wanted to go. It reads every descriptor of
    /// the daemon: call it off the event loop.
    static func refuse(_ socket: SocketRecord, behind remote: TCPEndpoint) throws(TCPAttestationError) {
        let target = SocketHolder.target(inode: socket.inode)
        do {
            let descriptors = try Folder.at(path: "/proc/self/fd")
            for number in try descriptors.numbers() {
                do {
                    guard try descriptors.link("\(number)", reads: target) else { continue }
                } catch {
                    guard error.isGone else { throw error }
                    continue  // closed meanwhile
                }
                throw TCPAttestationError(
                    .foreignOwner,
                    "the port of the redirected TCP peer \(remote) was changed to one of the daemon's own; connect again"
                )
            }
        } catch let error as TCPAttestationError {
            throw error
        } catch let fault as FileFault {
            throw .unreadable("the descriptors of the daemon", fault)
        } catch {
            throw TCPAttestationError(.unreadable, "could not read the descriptors of the daemon: \(error)")
        }
    }
}
