internal import AsyncHTTPClient
internal import Glibc
internal import NIOCore
internal import NIOPosix
internal import NIOSSL

/// Why a request brought no answer.
///
/// No text of the other side is in it.
enum TransportFailure: Error, Equatable {
    case notConnected(String)
    case untrusted
    case connectTimedOut(Duration)
    case firstByteTimedOut(Duration)
    case totalTimedOut(Duration)
    /// The connection broke, or what came is not HTTP.
    case broken
    case tooLarge(limit: Int)
    case cancelled
    /// The request could not be put into HTTP.
    case unsendable
}

extension TransportFailure {
    /// Reads the errors that AsyncHTTPClient and the layers below it throw.
    init(_ error: any Error, _ deadlines: HTTPDeadlines, limit: Int) {
        self =
            switch error {
            case let failure as TransportFailure: failure
            case is CancellationError: .cancelled
            case let error as HTTPClientError: Self.read(error, deadlines)
            case let error as NIOConnectionError: Self.read(error, deadlines)
            case let error as IOError: Self.read(error.errnoCode, deadlines)
            case let error as ChannelError:
                if case .connectTimeout = error { .connectTimedOut(deadlines.connect) } else { .broken }
            case is NIOTooManyBytesError: .tooLarge(limit: limit)
            case is NIOSSLError, is NIOSSLExtraError, is BoringSSLError: .untrusted
            case is SocketAddressError: .notConnected("the host name has no address")
            default: .broken
            }
    }

    private static func read(_ error: HTTPClientError, _ deadlines: HTTPDeadlines) -> TransportFailure {
        switch error {
        case .connectTimeout, .tlsHandshakeTimeout, .getConnectionFromPoolTimeout: .connectTimedOut(deadlines.connect)
        case .deadlineExceeded, .readTimeout: .firstByteTimedOut(deadlines.firstByte)
        case .cancelled, .alreadyShutdown, .requestStreamCancelled: .cancelled
        case .invalidURL, .emptyHost, .emptyScheme: .unsendable
        // These two carry names or values of headers, so they are recognised by their short form only.
        case _ where error.shortDescription.contains("eader field"): .unsendable
        default: .broken
        }
    }

    /// Each address of a name failed, or the name has none.
    ///
    /// The first address speaks for all.
    private static func read(_ error: NIOConnectionError, _ deadlines: HTTPDeadlines) -> TransportFailure {
        switch error.connectionErrors.first?.error {
        case let error as IOError: read(error.errnoCode, deadlines)
        case let error as ChannelError:
            if case .connectTimeout = error { .connectTimedOut(deadlines.connect) } else { .broken }
        case .some: .broken
        case nil: .notConnected("the host name cannot be resolved")
        }
    }

    private static func read(_ errnoCode: CInt, _ deadlines: HTTPDeadlines) -> TransportFailure {
        switch errnoCode {
        case ECONNRESET, EPIPE, ENOTCONN: .broken
        case ETIMEDOUT: .connectTimedOut(deadlines.connect)
        case ECONNREFUSED: .notConnected("connection refused")
        case EHOSTUNREACH: .notConnected("no route to the host")
        case ENETUNREACH: .notConnected("the network is unreachable")
        case EPERM, EACCES: .notConnected("a local firewall rule forbids the connection")
        default: .notConnected("error \(errnoCode) of the operating system")
        }
    }
}

extension TransportFailure: CustomStringConvertible {
    var description: String {
        switch self {
        case .notConnected(let reason): reason
        case .untrusted: "the TLS handshake failed"
        case .connectTimedOut(let limit): "no connection within \(limit)"
        case .firstByteTimedOut(let limit): "no answer within \(limit)"
        case .totalTimedOut(let limit): "the answer was not complete within \(limit)"
        case .broken: "the connection broke before the answer was complete, or the answer is not HTTP"
        case .tooLarge(let limit): "the answer is larger than \(limit) bytes"
        case .cancelled: "the request was cancelled"
        case .unsendable: "the request cannot be sent over HTTP"
        }
    }
}
