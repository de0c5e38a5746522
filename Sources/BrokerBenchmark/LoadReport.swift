/// What a load run measured.
struct LoadReport: Codable, Sendable {
    var requestsPerSecond: Double
    var requests: Int
    /// Answers that were not 200, and connections that ended early.
    var errors: Int
    var seconds: Double
    /// Header and body, of the last answer.
    var bytesPerResponse: Int
    /// From the first byte sent to the last byte received, in microseconds.
    var latency: Latency
    /// User and system time of the server in microseconds, when its process was named.
    var serverCPUPerRequest: Double?

    struct Latency: Codable, Sendable {
        var p50: Double
        var p90: Double
        var p99: Double
        var p999: Double
        var maximum: Double
    }

    init(_ histogram: LatencyHistogram, errors: Int, nanoseconds: Int64, bytesPerResponse: Int, serverCPU: Double?) {
        func microseconds(_ fraction: Double) -> Double { Double(histogram.percentile(fraction)) / 1_000 }
        seconds = Double(nanoseconds) / 1e9
        requests = histogram.count
        requestsPerSecond = Double(histogram.count) / seconds
        self.errors = errors
        self.bytesPerResponse = bytesPerResponse
        latency = Latency(
            p50: microseconds(0.5),
            p90: microseconds(0.9),
            p99: microseconds(0.99),
            p999: microseconds(0.999),
            maximum: Double(histogram.maximum) / 1_000
        )
        serverCPUPerRequest = serverCPU.flatMap { histogram.count > 0 ? $0 * 1e6 / Double(histogram.count) : nil }
    }
}

extension LoadReport: CustomStringConvertible {
    var description: String {
        var lines = [
            "requests/s    \(requestsPerSecond.fixed(0))  (\(requests) in \(seconds.fixed(2)) s, \(errors) errors)",
            "latency, µs   p50 \(latency.p50.fixed(1))  p90 \(latency.p90.fixed(1))  p99 \(latency.p99.fixed(1))"
                + "  p99.9 \(latency.p999.fixed(1))  max \(latency.maximum.fixed(1))",
            "response      \(bytesPerResponse) bytes",
        ]
        if let serverCPUPerRequest { lines.append("server CPU    \(serverCPUPerRequest.fixed(2)) µs per request") }
        return lines.joined(separator: "\n")
    }
}

extension Double {
    /// The number with `digits` digits after the point.
    func fixed(_ digits: Int) -> String {
        guard isFinite, abs(self) < 1e15 else { return "\(self)" }
        var scale = 1.0
        for _ in 0..<digits { scale *= 10 }
        let scaled = (self * scale).rounded() / scale
        guard digits > 0 else { return "\(Int64(scaled))" }
        let parts = "\(scaled)".split(separator: ".", maxSplits: 1)
        guard parts.count == 2, !parts[1].contains("e") else { return "\(scaled)" }
        return "\(parts[0]).\(parts[1])" + String(repeating: "0", count: max(0, digits - parts[1].count))
    }
}

extension [Double] {
    /// The middle of the numbers; 0 when there are none.
    var median: Double { percentile(0.5) }

    /// The smallest number that `fraction` of them do not exceed; 0 when there are none.
    func percentile(_ fraction: Double) -> Double {
        guard !isEmpty else { return 0 }
        let sorted = sorted()
        let rank = Int((Double(count) * fraction).rounded(.up))
        return sorted[Swift.min(Swift.max(rank - 1, 0), count - 1)]
    }
}
