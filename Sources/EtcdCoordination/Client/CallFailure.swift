internal import AsyncHTTPClient
internal import Glibc
internal import NIOCore
internal import NIOPosix
internal import NIOSSL

/// Why one call to one member has no answer.
///
/// No text of the other side is in it.
enum CallFailure: Error, Equatable {
    /// Nothing was sent, or nothing that the member can have carried out.
    case notSent(String)
    /// It was sent, perhaps in part.
    case broken(String)
    /// The same, when time was up.
    case late
    case tooLarge(limit: Int)
    case cancelled
}

extension CallFailure {
    /// Reads the errors that AsyncHTTPClient and the layers below it throw.
    init(_ error: any Error, limit: Int) {
        self =
            switch error {
            case let failure as CallFailure: failure
            case is CancellationError: .cancelled
            case let error as HTTPClientError: Self.read(error)
            case let error as NIOConnectionError: Self.read(error, limit)
            case let error as IOError: Self.read(error.errnoCode)
            case is NIOTooManyBytesError: .tooLarge(limit: limit)
            case let error as NIOSSLError: Self.read(error)
            case is NIOSSLExtraError: .notSent("its certificate is not for this name")
            case is SocketAddressError: .notSent("its name has no address")
            default: .broken("the connection broke before the answer was complete")
            }
    }

    private static func read(_ error: HTTPClientError) -> CallFailure {
        switch error {
        case .connectTimeout, .tlsHandshakeTimeout, .getConnectionFromPoolTimeout: .notSent("no connection in time")
        case .deadlineExceeded, .readTimeout: .late
        case .cancelled, .alreadyShutdown, .requestStreamCancelled: .cancelled
        case .invalidURL, .emptyHost, .emptyScheme: .notSent("it is no URL")
        default: .broken("the connection broke before the answer was complete")
        }
    }

    private static func read(_ error: NIOSSLError) -> CallFailure {
        if case .handshakeFailed = error {
            return .notSent(
                "the TLS handshake failed; see the certificate authority and the certificates of both sides"
            )
        }
        return .broken("the encrypted connection broke")
    }

    /// Each address of a name failed; the first speaks for all.
    private static func read(_ error: NIOConnectionError, _ limit: Int) -> CallFailure {
        guard let first = error.connectionErrors.first?.error else { return .notSent("its name cannot be resolved") }
        if let error = first as? IOError, case .broken = read(error.errnoCode) { return .notSent("no connection") }
        if first is ChannelError { return .notSent("no connection in time") }
        return CallFailure(first, limit: limit)
    }

    private static func read(_ errnoCode: CInt) -> CallFailure {
        switch errnoCode {
        case ECONNREFUSED: .notSent("connection refused")
        case EHOSTUNREACH: .notSent("no route to it")
        case ENETUNREACH: .notSent("the network is unreachable")
        case EPERM, EACCES: .notSent("a local firewall rule forbids the connection")
        default: .broken("the connection broke before the answer was complete")
        }
    }
}

extension CallFailure: CustomStringConvertible {
    var description: String {
        switch self {
        case .notSent(let reason), .broken(let reason): reason
        case .late: "no answer in time"
        case .tooLarge(let limit): "its answer is longer than \(limit) bytes"
        case .cancelled: "the call was cancelled"
        }
    }
}
