import Foundation
import JOSE
import NIOCore
import NIOPosix
import NIOSSL

/// Speaks to a port as plain bytes, so that what is on the wire is what a test sees.
struct RawClient {
    var host = "127.0.0.1"
    let port: Int
    var tls: NIOSSLContext?

    /// Sends one request and reads until the server closes the connection.
    ///
    /// `whenSent` runs after the request is sent; then our side of the connection is finished.
    func send(
        _ method: String,
        _ target: String,
        headers: [String: String] = [:],
        body: String = "",
        whenSent: (() async throws -> Void)? = nil
    ) async throws -> RawResponse {
        var head = "\(method) \(target) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nConnection: close\r\n"
        for (name, value) in headers { head += "\(name): \(value)\r\n" }
        if headers["Transfer-Encoding"] == nil { head += "Content-Length: \(body.utf8.count)\r\n" }
        return try await exchange(head + "\r\n" + body, whenSent: whenSent)
    }

    /// Sends `text` and reads until the server closes the connection.
    func exchange(_ text: String, whenSent: (() async throws -> Void)? = nil) async throws -> RawResponse {
        let tls = tls
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(ChannelOptions.allowRemoteHalfClosure, value: true)
            .connect(host: host, port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls {
                        let handler = try NIOSSLClientHandler(context: tls, serverHostname: nil)
                        try channel.pipeline.syncOperations.addHandler(handler)
                    }
                    return try NIOAsyncChannel<ByteBuffer, ByteBuffer>(
                        wrappingChannelSynchronously: channel,
                        configuration: .init(isOutboundHalfClosureEnabled: true)
                    )
                }
            }
        return try await channel.executeThenClose { inbound, outbound in
            try await outbound.write(ByteBuffer(string: text))
            if let whenSent {
                try await whenSent()
                outbound.finish()
            }
            var bytes: [UInt8] = []
            do {
                for try await buffer in inbound { bytes += Array(buffer.readableBytesView) }
            } catch let error as IOError where error.errnoCode == ECONNRESET {
                // The server closed before it had read everything: also an end.
            } catch NIOSSLError.uncleanShutdown {
                // The server closed without saying so in TLS, which is what dropping a connection is.
            }
            return RawResponse(bytes)
        }
    }
}
