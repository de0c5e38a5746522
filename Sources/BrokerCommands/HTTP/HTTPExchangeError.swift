internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import NIOSSL
internal import SystemPrograms

/// Why a request got no answer.
enum HTTPExchangeError: Error, Sendable, Equatable {
    /// The system's error number.
    case system(Int32)
    case nameNotFound
    /// The path of a Unix socket has more bytes than the system allows.
    case pathTooLong
    case timedOut
    case closedEarly
    case malformed
    case tooLarge(limit: Int)
    case notTrusted
    case failed(String)

    init(_ error: any Error) {
        switch error {
        case let error as HTTPExchangeError:
            self = error
        case let error as IOError:
            self = .system(error.errnoCode)
        case let error as NIOConnectionError:
            self = error.connectionErrors.last.map { HTTPExchangeError($0.error) } ?? .nameNotFound
        case SocketAddressError.unixDomainSocketPathTooLong:
            self = .pathTooLong
        case ChannelError.connectTimeout:
            self = .timedOut
        case ChannelError.ioOnClosedChannel, ChannelError.inputClosed, ChannelError.eof:
            self = .closedEarly
        case HTTPParserError.invalidEOFState, NIOSSLError.uncleanShutdown:
            self = .closedEarly
        case is HTTPParserError:
            self = .malformed
        case is NIOSSLError, is BoringSSLError, is NIOSSLExtraError:
            self = .notTrusted
        default:
            self = .failed("\(error)")
        }
    }
}

extension HTTPExchangeError: CustomStringConvertible {
    var description: String {
        switch self {
        case .system(let number): SystemError.text(number)
        case .nameNotFound: "the host name is not known"
        case .pathTooLong: "the path of the socket is too long"
        case .timedOut: "no answer in time"
        case .closedEarly: "the connection was closed before the answer was complete"
        case .malformed: "the answer is not HTTP"
        case .tooLarge(let limit): "the answer is larger than \(limit / 1_024) KiB"
        case .notTrusted: "no TLS connection with a certificate that is trusted"
        case .failed(let reason): reason
        }
    }
}
