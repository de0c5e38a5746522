internal import HTTPTypes
internal import HummingbirdCore
internal import Logging
internal import NIOCore

/// Reads a request, asks the simulator, and puts the answer on the wire the way the fault wants it.
struct Responder: Sendable {
    let simulator: CloudSimulator
    /// `http` or `https`.
    let scheme: String
    let clock: any Clock<Duration>
    let logger: Logger

    @concurrent
    func respond(_ request: Request, _ writer: consuming ResponseWriter, _ channel: any Channel) async throws {
        // Clients that ask first would wait a second before they send their body (RFC 9110 section 10.1.1).
        if request.headers[.expect]?.lowercased() == "100-continue" {
            try await writer.writeInformationalHead(HTTPResponse(status: .continue))
        }
        let asked = try await SimulatorRequest(request)
        let route = Route(asked, buckets: simulator.instance.buckets)
        let fault = route.endpoint.flatMap { simulator.arrival(at: $0) }
        if let delay = fault?.delay, delay > .zero { try await clock.sleep(for: delay) }
        let delivery = isSilent(route) ? .hang : fault?.delivery ?? .whole
        switch delivery {
        case .drop:
            log(asked, "drop")
            try await close(channel)
        case .hang:
            log(asked, "hang")
            try await DepartureHandler.waitForDeparture(on: channel)
        case .dropAfter:
            let answer = simulator.answer(asked, route, fault: fault, scheme: scheme)
            log(asked, "drop after \(answer.status)")
            try await close(channel)
        case .whole, .drip, .truncate:
            let answer = simulator.answer(asked, route, fault: fault, scheme: scheme)
            log(asked, "\(answer.status)")
            try await deliver(answer, delivery, isHead: request.method == .head, writer, channel)
        }
    }

    /// A disabled metadata service may be one that never answers.
    private func isSilent(_ route: Route) -> Bool {
        let service = simulator.instance.metadataService
        return route.isOfMetadataService && !service.isEnabled && service.whenDisabled == .silence
    }

    @concurrent
    private func deliver(
        _ answer: SimulatorAnswer,
        _ delivery: Delivery,
        isHead: Bool,
        _ writer: consuming ResponseWriter,
        _ channel: any Channel
    ) async throws {
        let body = answer.body
        let head = Self.head(answer, length: body.count)
        switch delivery {
        case .truncate(let count):
            var bodyWriter = try await writer.writeHead(head)
            try await bodyWriter.write(ByteBuffer(bytes: body.prefix(count)))
            try await close(channel)
        case .drip(let bytes, let interval):
            var bodyWriter = try await writer.writeHead(head)
            for start in stride(from: 0, to: body.count, by: bytes) {
                if start > 0 { try await clock.sleep(for: interval) }
                try await bodyWriter.write(ByteBuffer(bytes: body[start..<min(start + bytes, body.count)]))
            }
            try await bodyWriter.finish(nil)
        case .whole, .drop, .dropAfter, .hang:
            let body = isHead ? ResponseBody() : ResponseBody(byteBuffer: ByteBuffer(bytes: body))
            try await writer.write(response: head, body: body)
        }
    }

    private static func head(_ answer: SimulatorAnswer, length: Int) -> HTTPResponse {
        var fields = HTTPFields()
        for (name, value) in answer.headers {
            if let name = HTTPField.Name(name) { fields.append(HTTPField(name: name, value: value)) }
        }
        // A 204 must not have this field (RFC 9110 section 8.6).
        if answer.status != 204 { fields[.contentLength] = String(length) }
        return HTTPResponse(status: HTTPResponse.Status(code: answer.status), headerFields: fields)
    }

    private func close(_ channel: any Channel) async throws {
        do {
            try await channel.close().get()
        } catch ChannelError.alreadyClosed {
            // The client was faster.
        }
    }

    /// The path may name a profile, but never carries a token.
    private func log(_ request: SimulatorRequest, _ outcome: String) {
        let path = "/" + request.segments.joined(separator: "/")
        logger.info(
            "Request answered",
            metadata: ["http.method": "\(request.method)", "http.path": "\(path)", "http.outcome": "\(outcome)"]
        )
    }
}

extension SimulatorRequest {
    /// Reads the body whole, as far as it is not too large.
    fileprivate init(_ request: Request) async throws {
        var body: [UInt8]? = []
        for try await buffer in request.body {
            guard let size = body?.count, size + buffer.readableBytes <= Self.maximumBody else {
                body = nil  // the rest is still read, so that the answer reaches the client
                continue
            }
            body?.append(contentsOf: buffer.readableBytesView)
        }
        var fields = request.headers.map { HeaderField(name: $0.name.canonicalName, value: $0.value) }
        if let host = request.head.authority { fields.append(HeaderField(name: "host", value: host)) }
        self.init(method: request.method.rawValue, target: request.head.path ?? "/", fields: fields, body: body)
    }
}
