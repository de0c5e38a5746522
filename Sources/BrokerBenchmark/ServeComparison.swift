/// Two servers under the same load: medians of their rounds.
struct ServeComparison: Codable {
    let broker: Side
    let nginx: Side
    let bytesPerResponse: Int
    /// `VmRSS` and `RssAnon` of the broker before the load.
    let brokerIdleRSS: String
    let brokerIdleAnonymous: String
    /// The processors the broker may run on; the comparison means something when it is one, and the load's is another.
    let brokerProcessors: String

    /// One server, with latency and CPU time in microseconds.
    struct Side: Codable {
        let requestsPerSecond: Double
        let p50: Double
        let p99: Double
        let cpuPerRequest: Double
        let errors: Int

        init(_ reports: [LoadReport]) {
            requestsPerSecond = reports.map(\.requestsPerSecond).median
            p50 = reports.map(\.latency.p50).median
            p99 = reports.map(\.latency.p99).median
            cpuPerRequest = reports.compactMap(\.serverCPUPerRequest).median
            errors = reports.map(\.errors).reduce(0, +)
        }
    }
}

extension ServeComparison: CustomStringConvertible {
    var description: String {
        func row(_ name: String, _ digits: Int, _ value: KeyPath<Side, Double>) -> [String] {
            let (ours, theirs) = (broker[keyPath: value], nginx[keyPath: value])
            let ratio = theirs > 0 ? (ours / theirs).fixed(3) : "-"
            return [name, ours.fixed(digits), theirs.fixed(digits), ratio]
        }
        let table = Report.table([
            ["", "broker", "nginx", "broker/nginx"],
            row("requests/s", 0, \.requestsPerSecond),
            row("p50, µs", 1, \.p50),
            row("p99, µs", 1, \.p99),
            row("server CPU, µs per request", 2, \.cpuPerRequest),
            ["errors", "\(broker.errors)", "\(nginx.errors)"],
        ])
        var lines = [
            table, "", "response                    \(bytesPerResponse) bytes from both",
            "broker, idle before load    \(brokerIdleRSS) RSS, \(brokerIdleAnonymous) anonymous",
        ]
        if brokerProcessors != "0" {
            lines.append(
                "note: the broker may run on processors \(brokerProcessors); start it with taskset -c 0 to compare fairly"
            )
        }
        return lines.joined(separator: "\n")
    }
}
