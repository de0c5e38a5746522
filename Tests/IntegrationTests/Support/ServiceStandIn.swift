import Foundation
import Glibc
import Synchronization
import Testing

/// Stands in for systemd: holds listening sockets, takes notifications, keeps descriptors, and starts the daemon with all that.
///
/// It says and does what sd_notify(3) and sd_listen_fds(3) describe, and decides nothing.
final class ServiceStandIn: Sendable {
    typealias Named = (name: String, descriptor: Int32)

    private struct Protected {
        var sockets: [Named] = []
        var stored: [Named] = []
        var messages: [String] = []
        var waiters: [(isThere: @Sendable ([String]) -> Bool, occurrence: Occurrence<Void>)] = []
    }

    private let protected = Mutex(Protected())
    private let notifications: Int32
    private let address: String

    /// Takes notifications at a path, or at an abstract name.
    init(_ folder: ScratchFolder, isAbstract: Bool = false) throws {
        let path = folder.path("notify")
        address = isAbstract ? "@\(path)" : path
        notifications = try UnixSocket.bound(isAbstract ? [0] + Array(path.utf8) : Array(path.utf8), SOCK_DGRAM)
        Thread.detachNewThread { [self] in receive() }
    }

    /// Closes everything; the daemon has ended.
    func close() {
        shutdown(notifications, Int32(SHUT_RDWR))
        let all = protected.withLock { protected in
            defer { (protected.sockets, protected.stored) = ([], []) }
            return protected.sockets + protected.stored
        }
        for one in all { _ = Glibc.close(one.descriptor) }
    }

    // MARK: Descriptors

    /// Listens at a path for the daemon, as a socket unit does.
    func listen(_ name: String, at path: String, mode: mode_t = 0o666) throws {
        let descriptor = try UnixSocket.bound(Array(path.utf8), SOCK_STREAM)
        try #require(Glibc.listen(descriptor, 4_096) == 0 && chmod(path, mode) == 0)
        hand(name, descriptor)
    }

    /// The descriptor belongs to this from now on, and goes to whoever starts next.
    func hand(_ name: String, _ descriptor: Int32) { protected.withLock { $0.sockets.append((name, descriptor)) } }

    /// What is kept for the next instance.
    var stored: [Named] { protected.withLock { $0.stored } }

    /// Puts something else into the store in place of what is there.
    func store(_ name: String, _ descriptor: Int32) {
        let former = protected.withLock { protected in
            defer { protected.stored = [(name, descriptor)] }
            return protected.stored
        }
        for one in former { _ = Glibc.close(one.descriptor) }
    }

    // MARK: Notifications

    /// What the daemon told, in order; assignments of one notification are separated by line ends.
    var messages: [String] { protected.withLock { $0.messages } }

    func forgetMessages() { protected.withLock { $0.messages = [] } }

    /// Waits until the messages so far are as wanted.
    func wait(_ what: String, until isThere: @escaping @Sendable ([String]) -> Bool) async throws {
        let occurrence = Occurrence<Void>(what)
        protected.withLock { protected in
            if isThere(protected.messages) {
                occurrence.happen(())
            } else {
                protected.waiters.append((isThere, occurrence))
            }
        }
        do {
            try await occurrence.wait()
        } catch {
            throw DidNotHappen(description: "\(error); the messages are: \(messages)")
        }
    }

    func waitUntilReady() async throws { try await wait("READY=1") { $0.contains("READY=1") } }

    private func receive() {
        while let (text, descriptor) = UnixSocket.receive(notifications), !text.isEmpty {
            note(text, descriptor)
        }
        _ = Glibc.close(notifications)
    }

    private func note(_ text: String, _ descriptor: Int32?) {
        let assignments = text.split(separator: "\n")
        let name = assignments.first { $0.hasPrefix("FDNAME=") }.map { String($0.dropFirst(7)) } ?? "stored"
        var unwanted: [Int32] = []
        let done = protected.withLock { protected in
            if assignments.contains("FDSTOREREMOVE=1") {
                unwanted += protected.stored.filter { $0.name == name }.map(\.descriptor)
                protected.stored.removeAll { $0.name == name }
            }
            if let descriptor {
                if assignments.contains("FDSTORE=1") {
                    protected.stored.append((name, descriptor))
                } else {
                    unwanted.append(descriptor)
                }
            }
            protected.messages.append(text)
            let messages = protected.messages
            let done = protected.waiters.filter { $0.isThere(messages) }
            protected.waiters.removeAll { $0.isThere(messages) }
            return done
        }
        for descriptor in unwanted { _ = Glibc.close(descriptor) }
        for waiter in done { waiter.occurrence.happen(()) }
    }

    // MARK: The daemon

    /// Starts an instance with the sockets and with what is stored; `variables` come on top.
    func start(_ configuration: String, variables: [String: String] = [:]) throws -> ManagedDaemon {
        let handed = protected.withLock { $0.sockets + $0.stored }
        var environment = ["NOTIFY_SOCKET": address]
        if !handed.isEmpty {
            environment["LISTEN_FDS"] = "\(handed.count)"
            environment["LISTEN_FDNAMES"] = handed.map(\.name).joined(separator: ":")
        }
        environment.merge(variables) { $1 }
        return try ManagedDaemon(configuration, handed.map(\.descriptor), environment)
    }
}
