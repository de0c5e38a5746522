internal import BrokerAPI
internal import FoundationEssentials

/// The daemon's status as a table.
struct StatusTable {
    private let status: StatusResponse
    private let now: Date

    /// - Parameters:
    ///   - status: the daemon's answer.
    ///   - now: when it came.
    init(_ status: StatusResponse, now: Date) {
        (self.status, self.now) = (status, now)
    }

    private static let header = ["PROFILE", "STATE", "LIFETIME", "EXPIRES IN", "NEXT ATTEMPT", "BREAKER", "FAILURES"]
    /// Characters of a bar, without its ends.
    private static let barWidth = 20

    var text: String {
        let keyIDs = status.keyIDs.map(TerminalText.escaping).joined(separator: ", ")
        var lines = ["iam-brokerd \(TerminalText.escaping(status.version))"]
        lines += HealthText(status, now: now).lines
        lines += [
            "keys: \(keyIDs.isEmpty ? "none" : keyIDs)"
        ]
        lines += policy + audit + [""]
        lines += TextTable.lines([Self.header] + status.profiles.map(Self.row))
        lines += signingKeys + certificates + sinks
        for profile in status.profiles {
            if let since = profile.lockedSince {
                let time = TimeInWords.date(secondsSince1970: since) ?? String(since)
                lines.append("\(TerminalText.escaping(profile.name)): locked by an operator since \(time)")
            }
            guard let error = profile.lastError else { continue }
            lines.append("\(TerminalText.escaping(profile.name)): \(TerminalText.escaping(TokenMask.masking(error)))")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private var signingKeys: [String] {
        guard let keys = status.signingKeys, !keys.isEmpty else { return [] }
        let rows = keys.map { key in
            [
                TerminalText.escaping(key.keyID), TerminalText.escaping(key.state),
                "\(TimeInWords.short(seconds: key.firstSeenAgo)) ago",
                "\(TimeInWords.short(seconds: key.lastSeenAgo)) ago",
                key.lastTokenEndsIn.map(TimeInWords.short) ?? "-",
            ]
        }
        let header = ["SIGNING KEY", "STATE", "FIRST SEEN", "LAST SEEN", "LAST TOKEN ENDS IN"]
        return [""] + TextTable.lines([header] + rows)
    }

    private var certificates: [String] {
        guard let certificates = status.certificates, !certificates.isEmpty else { return [] }
        let header = ["CERTIFICATE", "STATE", "EXPIRES IN", "NEXT ATTEMPT", "SERIAL"]
        let rows = certificates.map { certificate in
            [
                TerminalText.escaping(certificate.name), TerminalText.escaping(certificate.state),
                certificate.expiresIn.map(TimeInWords.short) ?? "-",
                TimeInWords.short(seconds: certificate.nextAttemptIn),
                certificate.serial.map(TerminalText.escaping) ?? "-",
            ]
        }
        let failures = certificates.compactMap { certificate in
            certificate.lastError.map {
                "\(TerminalText.escaping(certificate.name)): \(TerminalText.escaping(TokenMask.masking($0)))"
            }
        }
        return [""] + TextTable.lines([header] + rows) + failures
    }

    private var sinks: [String] {
        guard let sinks = status.sinks, !sinks.isEmpty else { return [] }
        let rows = sinks.map { sink in
            [
                TerminalText.escaping(sink.name), TerminalText.escaping(sink.state),
                TerminalText.escaping(sink.profile),
                sink.expiresIn.map(TimeInWords.short) ?? "-", TerminalText.escaping(sink.path),
            ]
        }
        let failures = sinks.compactMap { sink in
            sink.lastError.map {
                "\(TerminalText.escaping(sink.name)): \(TerminalText.escaping(TokenMask.masking($0)))"
            }
        }
        return [""] + TextTable.lines([["SINK", "STATE", "PROFILE", "EXPIRES IN", "FILE"]] + rows) + failures
    }

    private var policy: [String] {
        guard let policy = status.policy else { return [] }
        let line = "policy: \(policy.generation) (grants: \(policy.grants), denials: \(policy.denials))"
        guard let error = policy.lastError else { return [line] }
        let errors = error.split(separator: "\n").map { "  " + TerminalText.escaping(String($0)) }
        return [line, "  the last change was refused, and this policy stays in force:"] + errors
    }

    private var audit: [String] {
        guard let audit = status.audit else { return [] }
        var line = "audit: \(TerminalText.escaping(audit.file))"
        if audit.isFailing { line += ", CANNOT BE WRITTEN" }
        if audit.lost > 0 { line += ", \(audit.lost) events lost" }
        return [line] + (audit.isFailing ? audit.lastError.map { ["  " + TerminalText.escaping($0)] } ?? [] : [])
    }

    private static func row(_ profile: StatusResponse.Profile) -> [String] {
        [
            TerminalText.escaping(profile.name),
            TerminalText.escaping(profile.state),
            bar(profile),
            profile.expiresIn.map(TimeInWords.short) ?? "-",
            profile.nextAttemptIn.map(TimeInWords.short) ?? "-",
            TerminalText.escaping(profile.breaker),
            String(profile.consecutiveFailures),
        ]
    }

    /// How much of the token's life remains: `[##########----------]  50%`.
    private static func bar(_ profile: StatusResponse.Profile) -> String {
        guard let share = profile.lifeShare else { return "-" }
        let filled = Int((share * Double(barWidth)).rounded())
        let percent = String(Int((share * 100).rounded(.down)))
        let padding = String(repeating: " ", count: 3 - percent.count)
        return "[" + String(repeating: "#", count: filled) + String(repeating: "-", count: barWidth - filled)
            + "] \(padding)\(percent)%"
    }
}
