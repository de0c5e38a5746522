/// Looks for the peer's socket in the network namespaces of containers that grants name.
///
/// What is between the namespaces is believed to deliver packets to the address that they are for: a container that may
/// take the address of another is the operator's to prevent.
struct ContainerSearch: Sendable {
    /// Full ids.
    let containers: Set<String>
    let table: ProcessTable
    let holders: HolderSearch

    /// The process in one of the containers that has `own` connected to `other`.
    func find(
        own: TCPEndpoint,
        other: TCPEndpoint,
        by deadline: Deadline
    ) throws(TCPAttestationError) -> TCPPeer {
        let record = try onlyRecord(own: own, other: other, by: deadline)
        guard record.inode != 0 else { throw .hungUp("the TCP peer \(own)") }
        let holder = try holders.only(holderOf: record.inode, userID: record.userID, by: deadline)
        // A pod's containers share a network namespace: what counts is where the process is.
        guard let container = try namedContainer(of: holder.folder, holder.processID) else {
            throw TCPAttestationError(
                .foreignOwner,
                "process \(holder.processID) holds the TCP connection \(own) and is in none of the containers that grants "
                    + "name; name its container in a grant, or use the Unix socket"
            )
        }
        let start = HolderStatus.start(in: holder.folder)
        let again = try records(in: holder.folder, holder.processID, own: own, other: other)
        guard let start, again == [record], holder.stillHolds else { throw .hungUp("the TCP peer \(own)") }
        return TCPPeer(
            userID: record.userID,
            inode: record.inode,
            processID: holder.processID,
            processStart: start,
            container: container
        )
    }

    private func onlyRecord(
        own: TCPEndpoint,
        other: TCPEndpoint,
        by deadline: Deadline
    ) throws(TCPAttestationError) -> SocketRecord {
        var namespaces: Set<FileIdentity> = []
        var found: Set<SocketRecord> = []
        for process in try table.processes(firstOf: 0) {
            try deadline.check()
            let (folder, namespace): (Folder, FileIdentity)
            do {
                folder = try process.folder()
                guard try namedContainer(of: folder, process.number) != nil else { continue }
                namespace = try folder.identity(of: "ns/net")
            } catch let fault as FileFault {
                if fault.isGone { continue }
                throw .unreadable("the network namespace of process \(process.number)", fault)
            } catch let error as TCPAttestationError {
                throw error
            } catch {
                throw TCPAttestationError(.unreadable, "could not read process \(process.number): \(error)")
            }
            guard !namespaces.contains(namespace),
                let records = try records(in: folder, process.number, own: own, other: other)
            else { continue }
            namespaces.insert(namespace)
            found.formUnion(records)
        }
        guard let record = found.first else {
            throw TCPAttestationError(
                .notFound,
                "the TCP peer \(own) is neither in the daemon's network namespace nor in that of a container that grants "
                    + "name, or has hung up; name its container in a grant, or use the Unix socket"
            )
        }
        guard found.count == 1 else {
            throw TCPAttestationError(
                .ambiguous,
                "several containers have a TCP connection from \(own) to \(other); give their networks different addresses"
            )
        }
        return record
    }

    /// The container of the process when grants name it; nil when they do not, or the process has ended.
    private func namedContainer(of folder: Folder, _ process: Int32) throws(TCPAttestationError) -> String? {
        do {
            let id = ContainerID.named(inControlGroups: try folder.contents(of: "cgroup", atMost: 65_536))
            return id.flatMap { containers.contains($0) ? $0 : nil }
        } catch {
            if error.isGone { return nil }
            throw .unreadable("the control groups of process \(process)", error)
        }
    }

    /// Sockets in the network namespace of the process; nil when it has ended.
    private func records(
        in folder: Folder,
        _ process: Int32,
        own: TCPEndpoint,
        other: TCPEndpoint
    ) throws(TCPAttestationError) -> Set<SocketRecord>? {
        var found: Set<SocketRecord> = []
        for name in ["net/tcp", "net/tcp6"] {
            do {
                let text = try folder.contents(of: name, atMost: 16 << 20)
                found.formUnion(try SocketTable(text: text).records(own: own, other: other))
            } catch let fault as FileFault {
                // A machine without IPv6 lacks the second.
                if fault.isGone, name == "net/tcp6" { continue }
                if fault.isGone { return nil }
                throw .unreadable("the TCP sockets of process \(process)", fault)
            } catch let error as TCPAttestationError {
                throw error
            } catch {
                throw TCPAttestationError(.unreadable, "could not read process \(process): \(error)")
            }
        }
        return found
    }
}
