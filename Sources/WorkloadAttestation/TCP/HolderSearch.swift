/// Looks for the processes that hold a socket.
///
/// It sees descriptors. A process that keeps a socket without one (on its way through a Unix socket, or registered with
/// io_uring) is not seen, nor is one outside the daemon's PID namespace. That suffices to tell users apart; processes of one
/// user may act for each other in any case, as a debugger does.
struct HolderSearch: Sendable {
    let table: ProcessTable
    /// How often to look again before a doubt is refused.
    let patience: Int
    /// Waits a few milliseconds.
    let pause: @Sendable () -> Void

    /// The one process that holds the socket, when it runs as the user that made it.
    ///
    /// A process that starts another shares its sockets with that until `execve(2)`, and one that is about to end cannot be
    /// read without the capabilities. So a doubt is looked at again before it is refused.
    func only(
        holderOf inode: UInt64,
        userID: UInt32,
        by deadline: Deadline
    ) throws(TCPAttestationError) -> SocketHolder {
        for _ in 0..<patience {
            do {
                return try onlyNow(holderOf: inode, userID: userID, by: deadline)
            } catch {
                guard error.code == .ambiguous || error.code == .unreadable else { throw error }
                pause()
            }
        }
        return try onlyNow(holderOf: inode, userID: userID, by: deadline)
    }

    private func onlyNow(
        holderOf inode: UInt64,
        userID: UInt32,
        by deadline: Deadline
    ) throws(TCPAttestationError) -> SocketHolder {
        let found = try holders(of: inode, userID: userID, by: deadline)
        guard let holder = found.first else {
            throw TCPAttestationError(
                .notFound,
                "no process holds socket \(inode) of user \(userID); it has ended, or runs where the daemon's /proc does not "
                    + "show it (another PID namespace, or the mount option hidepid)"
            )
        }
        guard found.count == 1 else {
            let numbers = found.map { "\($0.processID)" }.joined(separator: " and ")
            throw TCPAttestationError(
                .ambiguous,
                "processes \(numbers) hold one TCP connection, so it cannot be told which of them asks; connect after "
                    + "fork(2), open sockets with SOCK_CLOEXEC, or use the Unix socket"
            )
        }
        let user = HolderStatus(of: holder.folder)?.effectiveUser
        guard user == userID else {
            throw TCPAttestationError(
                .foreignOwner,
                "process \(holder.processID) runs as user \(user.map { "\($0)" } ?? "unknown") and holds a TCP connection that "
                    + "user \(userID) made; it has to connect itself, after it took its user"
            )
        }
        return holder
    }

    /// Processes that hold the socket, two at the most.
    private func holders(
        of inode: UInt64,
        userID: UInt32,
        by deadline: Deadline
    ) throws(TCPAttestationError) -> [SocketHolder] {
        let target = SocketHolder.target(inode: inode)
        var found: [SocketHolder] = []
        var unread: (process: Int32, fault: FileFault)?
        for process in try table.processes(firstOf: userID) where found.count < 2 {
            try deadline.check()
            var folder: Folder?
            do {
                let own = try process.folder()
                folder = own
                guard let name = try descriptor(reading: target, of: process, in: own, by: deadline) else { continue }
                found.append(
                    SocketHolder(processID: process.number, folder: own, descriptor: name, target: target)
                )
            } catch let fault as FileFault {
                if fault.isGone { continue }
                let status = folder.flatMap(HolderStatus.init(of:))
                if status?.hasEnded == true { continue }
                // One more of the same user might hold it, so nothing can be said of the others.
                guard let status, status.effectiveUser != userID else {
                    throw .unreadable("the descriptors of process \(process.number)", fault)
                }
                unread = (process.number, fault)
            } catch let error as TCPAttestationError {
                throw error
            } catch {
                throw TCPAttestationError(.unreadable, "could not read process \(process.number): \(error)")
            }
        }
        if found.isEmpty, let unread {
            throw .unreadable("the descriptors of process \(unread.process)", unread.fault)
        }
        return found
    }

    /// The name, below the folder of the process, of a descriptor that reads `target`.
    private func descriptor(
        reading target: [UInt8],
        of process: ProcessTable.Process,
        in folder: Folder,
        by deadline: Deadline
    ) throws -> String? {
        for table in try process.descriptorTables(in: folder) {
            let descriptors: Folder
            do { descriptors = try folder.folder(table) } catch {
                guard error.isGone else { throw error }
                continue
            }
            for (count, number) in try descriptors.numbers().enumerated() {
                if count.isMultiple(of: 256) { try deadline.check() }
                do {
                    if try descriptors.link("\(number)", reads: target) { return "\(table)/\(number)" }
                } catch {
                    guard error.isGone else { throw error }  // closed meanwhile
                }
            }
        }
        return nil
    }
}
