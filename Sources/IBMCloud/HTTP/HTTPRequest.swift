internal import AsyncHTTPClient
internal import NIOCore
internal import NIOHTTP1

/// A request to be sent.
///
/// Its headers may hold a token, so it is never printed.
struct HTTPRequest: Sendable {
    let method: HTTPMethod
    let url: String
    var headers: [(name: String, value: String)]
    /// `nil` sends no body at all.
    var body: [UInt8]?

    /// The body's length is known, so it goes out with `Content-Length` and never chunked: IAM misreads chunked bodies
    /// (reference: IBM API, section 3.1).
    var clientRequest: HTTPClientRequest {
        var request = HTTPClientRequest(url: url)
        request.method = method
        request.headers = HTTPHeaders(headers.map { ($0.name, $0.value) })
        request.body = body.map { .bytes(ByteBuffer(bytes: $0)) }
        return request
    }
}
