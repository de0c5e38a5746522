internal import AsyncHTTPClient
internal import FoundationEssentials
package import Logging
internal import NIOCore
internal import NIOHTTP1

/// Sends recorded spans to a collector, in batches and in the background.
///
/// What the collector does not take in time is lost, and counted: nothing else ever waits for it.
package final class TraceExporter: Sendable {
    /// Records spans for this exporter.
    package let tracer: BrokerTracer

    private let configuration: TracingConfiguration
    private let queue = SpanQueue()
    private let version: String
    private let instance: String
    private let logger: Logger
    /// Waits so long, or throws when it is cancelled.
    private let sleep: @Sendable (Duration) async throws -> Void

    /// How long spans wait for more of them; how long a collector may take; the longest pause after failures.
    private static let pause = Duration.seconds(1)
    private static let patience = Duration.seconds(10)
    /// The same when the daemon stops.
    private static let lastPatience = Duration.seconds(2)
    private static let longestPause = Duration.seconds(60)
    /// How often the same batch is sent.
    private static let attempts = 4

    /// - Parameters:
    ///   - configuration: where spans go, and how many.
    ///   - version: of the daemon.
    ///   - instance: names this daemon among those that send to the same collector.
    ///   - now: the wall clock, in nanoseconds since 1970.
    ///   - random: a random number.
    ///   - sleep: waits so long, or throws when it is cancelled.
    ///   - logger: is told what was lost.
    package init(
        _ configuration: TracingConfiguration,
        version: String,
        instance: String,
        now: @escaping @Sendable () -> UInt64,
        random: @escaping @Sendable () -> UInt64,
        sleep: @escaping @Sendable (Duration) async throws -> Void,
        logger: Logger
    ) {
        (self.configuration, self.version, self.instance) = (configuration, version, instance)
        (self.sleep, self.logger) = (sleep, logger)
        tracer = BrokerTracer(.init(queue: queue, sample: configuration.sample, now: now, random: random))
    }

    /// Sends until the task is cancelled, and then once more what is there.
    package func run() async throws {
        var settings = HTTPClient.Configuration(redirectConfiguration: .disallow, decompression: .disabled)
        settings.httpVersion = .http1Only
        settings.timeout.connect = .seconds(10)
        settings.timeout.read = .seconds(10)
        settings.connectionPool.retryConnectionEstablishment = false
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: settings)
        while (try? await sleep(Self.pause)) != nil { await sendAll(client) }
        // Unstructured, so that the cancellation that ends the daemon does not end it; its deadline does.
        await Task { _ = await self.send(self.queue.take(), client, within: Self.lastPatience) }.value
        try await client.shutdown()
    }

    private func sendAll(_ client: HTTPClient) async {
        while true {
            let batch = queue.take()
            guard !batch.isEmpty else { break }
            var pause = Self.pause
            var attempt = 1
            while true {
                let outcome = await send(batch, client, within: Self.patience)
                if outcome == .taken { break }
                if outcome == .refused || attempt == Self.attempts || Task.isCancelled {
                    queue.lose(batch.count)
                    break
                }
                attempt += 1
                try? await sleep(pause)
                pause = min(pause * 2, Self.longestPause)
            }
            guard !Task.isCancelled else { return }
        }
        let lost = queue.takeLost()
        if lost > 0 {
            logger.warning(
                "Spans were lost: the collector did not take them",
                metadata: ["traces.lost": "\(lost)"]
            )
        }
    }

    private enum Outcome { case taken, refused, failed }

    /// Head and body of the answer within `patience`: the client's own deadline ends with the head.
    private func send(_ batch: [FinishedSpan], _ client: HTTPClient, within patience: Duration) async -> Outcome {
        await withTaskGroup(of: Outcome.self) { tasks in
            tasks.addTask { await self.exchange(batch, client) }
            tasks.addTask {
                // Cancelled when the answer came first; then nobody asks what this says.
                try? await Task.sleep(for: patience)
                return .failed
            }
            defer { tasks.cancelAll() }
            return await tasks.next() ?? .failed
        }
    }

    private func exchange(_ batch: [FinishedSpan], _ client: HTTPClient) async -> Outcome {
        guard !batch.isEmpty else { return .taken }
        do {
            var request = HTTPClientRequest(url: configuration.url)
            request.method = .POST
            request.headers = ["Content-Type": "application/json", "User-Agent": "iam-broker/\(version)"]
            let document = OTLPDocument(batch, version: version, instance: instance)
            request.body = .bytes(ByteBuffer(bytes: try document.bytes()))
            let response = try await client.execute(request, timeout: .seconds(10))
            // The answer says nothing that matters here; reading it frees the connection.
            _ = try await response.body.collect(upTo: 1 << 16)
            switch response.status.code {
            case 200..<300: return .taken
            // OTLP specification, "Failures": these are tried again.
            case 429, 502, 503, 504: return .failed
            default: return .refused
            }
        } catch {
            return .failed
        }
    }
}
