internal import BrokerAPI

/// What `doctor` prints.
struct DoctorReport {
    let findings: [DiagnosisResponse.Finding]

    /// Whether everything was checked and is in order.
    var isHealthy: Bool { findings.allSatisfy { $0.state == "ok" } }

    /// For people: what is wrong stands out, and has its repair below it.
    var text: String {
        let titles = findings.map(Self.title)
        let width = titles.map(\.count).max() ?? 0
        var lines: [String] = []
        for (finding, title) in zip(findings, titles) {
            let padding = String(repeating: " ", count: width - title.count)
            let indent = String(repeating: " ", count: Self.markWidth + width + 2)
            let message = Self.lines(of: finding).joined(separator: "\n" + indent)
            lines.append("\(Self.mark(finding.state))\(title)\(padding)  \(message)")
            if finding.state != "ok", let repair = finding.repair {
                lines.append("\(indent)repair: \(TerminalText.escaping(TokenMask.masking(repair)))")
            }
        }
        return (lines + [summary]).joined(separator: "\n") + "\n"
    }

    /// The message in lines of at most ``lineWidth`` characters; what has no blanks stays whole.
    private static func lines(of finding: DiagnosisResponse.Finding) -> [String] {
        var message = TokenMask.masking(finding.message)
        // The command has a line of its own, where it can be copied from.
        if let repair = finding.repair { message = message.replacing(repair, with: "(the command below)") }
        var lines: [String] = []
        var line = ""
        for word in message.split(whereSeparator: \.isWhitespace).map({ TerminalText.escaping(String($0)) }) {
            if line.isEmpty {
                line = word
            } else if line.count + 1 + word.count <= lineWidth {
                line += " " + word
            } else {
                lines.append(line)
                line = word
            }
        }
        return lines + [line]
    }

    private static let lineWidth = 88

    private var summary: String {
        let faults = findings.count { $0.state == "fault" }
        let unknown = findings.count { $0.state != "fault" && $0.state != "ok" }
        if isHealthy { return "all is well" }
        return "faults: \(faults), not checked: \(unknown)"
    }

    /// For programs, on one line.
    var json: String {
        let items = findings.map { finding in
            let members = [
                ("check", finding.check), ("subject", finding.subject), ("state", finding.state),
                ("message", TokenMask.masking(finding.message)), ("repair", finding.repair.map(TokenMask.masking)),
            ]
            return "{"
                + members.map { #""\#($0.0)":\#($0.1.map(JSONText.string) ?? "null")"# }.joined(separator: ",") + "}"
        }
        return #"{"healthy":\#(isHealthy),"findings":[\#(items.joined(separator: ","))]}"# + "\n"
    }

    private static let markWidth = 7

    private static func mark(_ state: String) -> String {
        switch state {
        case "ok": "ok     "
        case "fault": "FAULT  "
        default: "?      "
        }
    }

    private static func title(_ finding: DiagnosisResponse.Finding) -> String {
        let name = finding.check.replacing("_", with: " ")
        return TerminalText.escaping(finding.subject.map { "\(name) \($0)" } ?? name)
    }
}
