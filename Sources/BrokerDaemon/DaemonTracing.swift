internal import BrokerAPI
internal import CLinux
internal import FoundationEssentials
internal import Glibc
internal import Logging
internal import ServiceLifecycle
internal import TokenBroker
internal import TraceExport

/// Traces: those of clients are passed on in any case; spans are recorded and sent where the configuration says where to.
struct DaemonTracing: Sendable {
    let spans: SpanSource
    private let exporter: TraceExporter?

    init(_ configuration: TracingConfiguration?, time: any TimeSource, logger: Logger) {
        guard let configuration else {
            (spans, exporter) = (SpanSource(BrokerTracer.passingOn), nil)
            return
        }
        let exporter = TraceExporter(
            configuration,
            version: brokerVersion,
            instance: UUID().uuidString.lowercased(),
            now: { UInt64(max(0, clinux_clock_ns(CLOCK_REALTIME))) },
            random: { UInt64.random(in: 0 ... .max) },
            sleep: { span in try await time.sleep(until: time.now.boot + span) },
            logger: logger
        )
        (spans, self.exporter) = (SpanSource(exporter.tracer), exporter)
    }

    /// Sends spans for as long as the daemon runs; nothing where none are recorded.
    var services: [any Service] { exporter.map { [TraceService(exporter: $0)] } ?? [] }
}

private struct TraceService: Service {
    let exporter: TraceExporter

    func run() async throws {
        try await cancelWhenGracefulShutdown { [exporter] in try await exporter.run() }
    }
}
