internal import CLinux
internal import Glibc

/// A listening socket that the service manager made, and that is what the configuration asks for.
///
/// Connections wait in it while no instance of the service runs. The file belongs to the manager, as does its mode.
package struct InheritedSocket: Sendable {
    package let descriptor: CInt

    /// Where the configuration wants it to listen.
    package enum Place: Sendable {
        case path(String)
        /// An address in numbers; port 0 stands for any.
        case address(host: String, port: Int)
    }

    /// Checks the descriptor that was handed over as `name`.
    ///
    /// Over IP, answers of what is accepted at it go one hop far from now on.
    ///
    /// - Parameters:
    ///   - name: what the manager calls it.
    ///   - descriptor: what it handed over.
    ///   - place: where the configuration wants it to listen.
    ///   - isForEverybody: whether every user may be let in at its file; otherwise the mode must keep others out.
    /// - Throws: ``ServiceManagerError`` when it is no listening stream socket at `place`, or one that lets in too many.
    package init(
        _ name: String,
        _ descriptor: CInt,
        at place: Place,
        isForEverybody: Bool = true
    ) throws(ServiceManagerError) {
        func wrong(_ what: String) -> ServiceManagerError {
            ServiceManagerError(.descriptor, "the descriptor '\(name)' that was handed over \(what)")
        }
        var kind = clinux_socket_kind()
        guard unsafe clinux_read_socket_kind(descriptor, &kind) == 0 else { throw wrong("is no socket") }
        guard kind.type == CInt(SOCK_STREAM.rawValue) else {
            throw wrong("is no stream socket; use ListenStream= in its socket unit")
        }
        guard kind.is_listening == 1 else { throw wrong("does not listen; set Accept=no in its socket unit") }
        switch place {
        case .path(let path):
            let found = try Self.path(descriptor, kind, wrong)
            guard found == path else {
                throw wrong(
                    "listens on \(found) and not on \(path), as listen.\(name) says; make ListenStream= of its socket unit the same"
                )
            }
            guard isForEverybody || !Self.letsOthersIn(path) else {
                throw wrong("lets every user of this machine in; set SocketMode=0660 in its socket unit")
            }
        case .address(let host, let port):
            let found = try Self.address(descriptor, kind, wrong)
            guard found.host == host, port == 0 || found.port == port else {
                throw wrong(
                    "listens on port \(found.port) of \(found.host) and not on port \(port) of \(host), as listen.\(name) says; "
                        + "make ListenStream= of its socket unit the same"
                )
            }
            let result = clinux_limit_to_one_hop(descriptor)
            guard result == 0 else { throw wrong("cannot be limited to one hop: errno \(-result)") }
        }
        self.descriptor = descriptor
    }

    /// Whether users may connect that are neither the file's owner nor of its group (unix(7)); also when nobody can tell.
    private static func letsOthersIn(_ path: String) -> Bool {
        var status = clinux_file_status()
        guard unsafe clinux_read_status(AT_FDCWD, path, 0, &status) == 0 else { return true }
        return status.mode & S_IWOTH != 0
    }

    private typealias Wrong = (String) -> ServiceManagerError

    private static func path(
        _ descriptor: CInt,
        _ kind: clinux_socket_kind,
        _ wrong: Wrong
    ) throws(ServiceManagerError) -> String {
        guard kind.family == AF_UNIX else {
            throw wrong("is no Unix socket; ListenStream= of its socket unit is a path")
        }
        var bytes = [CChar](repeating: 0, count: pathCapacity)
        let length = unsafe clinux_own_address(descriptor, &bytes, CInt(bytes.count))
        guard length > 0 else { throw wrong("is bound to no path") }
        guard bytes[0] != 0 else { throw wrong("is an abstract socket; ListenStream= of its socket unit is a path") }
        return String(
            decoding: bytes.prefix(Int(length)).prefix { $0 != 0 }.map { UInt8(bitPattern: $0) },
            as: UTF8.self
        )
    }

    private static func address(
        _ descriptor: CInt,
        _ kind: clinux_socket_kind,
        _ wrong: Wrong
    ) throws(ServiceManagerError) -> (host: String, port: Int) {
        var bytes = [CChar](repeating: 0, count: pathCapacity)
        let port = unsafe clinux_own_port(descriptor, &bytes, CInt(bytes.count))
        guard port >= 0 else {
            throw wrong("is no TCP socket; ListenStream= of its socket unit is an address and a port")
        }
        return (String(decoding: bytes.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self), Int(port))
    }

    /// The room in `sun_path`, and more than an address in numbers takes.
    private static let pathCapacity = 108
}
