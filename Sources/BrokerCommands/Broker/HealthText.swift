internal import BrokerAPI
internal import FoundationEssentials

/// What is wrong with the daemon, if anything, what to do about it, and what it does next by itself.
struct HealthText {
    private let status: StatusResponse
    private let now: Date

    /// - Parameters:
    ///   - status: the daemon's answer.
    ///   - now: when it came.
    init(_ status: StatusResponse, now: Date) {
        (self.status, self.now) = (status, now)
    }

    /// Nothing for the answer of a daemon that does not say how it is.
    var lines: [String] {
        guard let health = status.health else { return [] }
        return [Self.verdict(health)] + health.findings.flatMap(Self.lines) + refreshes + [""]
    }

    private static func verdict(_ health: HealthResponse) -> String {
        let troubles = health.findings.count { $0.severity != "note" }
        return switch health.status {
        case "ok": "ready: all who may have tokens get them"
        case "degraded": "ready, but look at \(troubles == 1 ? "this" : "these \(troubles)"):"
        default: "NOT READY:"
        }
    }

    private static func lines(_ finding: HealthResponse.Finding) -> [String] {
        let message = TerminalText.escaping(TokenMask.masking(finding.message))
        let commands = finding.commands.enumerated()
            .map { index, command in (index == 0 ? "    do: " : "        ") + TerminalText.escaping(command) }
        return ["  \(TerminalText.escaping(finding.about)): \(message)"] + commands
    }

    /// When the broker calls IBM next, so that nobody plans an outage for just then.
    private var refreshes: [String] {
        let next = status.profiles.compactMap { profile in profile.nextAttemptIn.map { (profile.name, $0) } }
        guard !next.isEmpty else {
            return ["next refresh: none by itself; a token is obtained when somebody asks for it"]
        }
        return next.sorted { ($0.1, $0.0) < ($1.1, $1.0) }
            .map { name, seconds in
                let (at, isTooFar) = Int(now.timeIntervalSince1970).addingReportingOverflow(seconds)
                let date = isTooFar ? nil : TimeInWords.date(secondsSince1970: at)
                return "next refresh: \(TerminalText.escaping(name)) in \(TimeInWords.short(seconds: seconds))"
                    + (date.map { ", at \($0)" } ?? "")
            }
    }
}
