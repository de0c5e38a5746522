package import AccessPolicy
internal import CLinux
internal import Glibc

/// Learns from the kernel who is at the other end of a Unix socket.
///
/// User, groups and process number are those of the moment of `connect(2)`: nothing the peer does later changes them. The
/// executable is read from `/proc` and is only given when the same process still ran afterwards under the same user.
package struct PeerAttestor: Sendable {
    /// The executables that policy names.
    ///
    /// Looking one up costs a few system calls and needs `CAP_SYS_PTRACE` for other users' processes.
    private let executables: Set<String>

    package init(executables: Set<String>) {
        self.executables = executables
    }

    /// Attests the peer of a connected Unix socket.
    ///
    /// It never blocks.
    package func attest(socket: CInt) throws(AttestationError) -> Workload {
        var credentials = clinux_ucred()
        let result = clinux_peer_credentials(socket, &credentials)
        guard result >= 0 else {
            throw AttestationError(description: "the kernel does not tell who connected (error \(-result))")
        }
        return Workload(
            processID: credentials.pid,
            userID: credentials.uid,
            groupID: credentials.gid,
            groups: groups(ofPeer: socket),
            executable: executables.isEmpty ? nil : executable(of: credentials, socket: socket)
        )
    }

    private func groups(ofPeer socket: CInt) -> [UInt32]? {
        var capacity = 64
        // A process may be in 65,536 groups (NGROUPS_MAX).
        while capacity <= 65_536 {
            var groups = [UInt32](repeating: 0, count: capacity)
            let count = clinux_peer_groups(socket, &groups, CInt(capacity))
            if count >= 0 { return Array(groups.prefix(Int(count))) }
            guard count == -ERANGE else { return nil }
            capacity *= 32
        }
        return nil
    }

    private func executable(of peer: clinux_ucred, socket: CInt) -> String? {
        guard peer.pid > 0, let process = ProcessHandle.peer(ofSocket: socket, processID: peer.pid) else { return nil }
        let link = "/proc/\(peer.pid)/exe"
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let length = readlink(link, &buffer, buffer.count)
        guard length > 0, length < buffer.count else { return nil }
        let path = String(validating: buffer[..<length].map { UInt8(bitPattern: $0) }, as: UTF8.self)
        // The kernel marks a file that was removed since; another may be at its path by now.
        guard let path, path.hasPrefix("/"), !path.hasSuffix(" (deleted)"), isTrustworthy(path, link) else {
            return nil
        }
        // Last of all: whatever was read was this process's, and it is still there.
        guard owner(of: peer.pid) == peer.uid, process.isRunning else { return nil }
        return path
    }

    /// Whether a selector may be compared with `path`.
    ///
    /// A path that no selector names matches none, whatever file it is; only for the others is the file system asked, which
    /// may block where a peer chose the path.
    private func isTrustworthy(_ path: String, _ link: String) -> Bool {
        !executables.contains(path) || isSameFile(link, path)
    }

    /// Whether the running file is the one that the daemon finds at that path.
    ///
    /// A path means something in one mount namespace only: any user can make one of his own in which his program stands at
    /// the path of another (reference: peers, pain 33).
    private func isSameFile(_ link: String, _ path: String) -> Bool {
        var running = stat()
        var installed = stat()
        return stat(link, &running) == 0 && lstat(path, &installed) == 0 && running.st_dev == installed.st_dev
            && running.st_ino == installed.st_ino
    }

    private func owner(of processID: Int32) -> UInt32? {
        var status = stat()
        return stat("/proc/\(processID)", &status) == 0 ? status.st_uid : nil
    }
}
