internal import NIOCore
internal import NIOHTTP1

/// Tells of a head that fills the decoder's buffer as of one that is too long.
///
/// The parser counts the bytes of names and values. Spaces around them, and those before the version, are none of them, but
/// the decoder keeps every byte until the head is complete. What it says when there are too many is not an error of HTTP, and
/// those behind it, who hold an error back until the requests before it are answered, know no others.
final class OverlongHeadHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // What came in the same turn of the event loop, after the error: it has been told of.
        if case ByteToMessageDecoderError.dataReceivedInErrorState = error { return }
        let isOverlong = error is ByteToMessageDecoderError.PayloadTooLargeError
        context.fireErrorCaught(isOverlong ? HTTPParserError.headerOverflow : error)
    }
}
