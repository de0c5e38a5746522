internal import AuditChain

extension AuditVerification {
    /// The result for people: what was found, then what was read.
    var text: String {
        var lines = faults.map { TerminalText.escaping("\($0)") }
        if faultCount > faults.count { lines.append("... and \(faultCount - faults.count) more") }
        lines.append(isValid ? "valid: nothing was changed, removed or reordered" : "NOT VALID: \(faultCount) found")
        lines.append("lines     \(summary.lines)")
        if let first = summary.firstSequence, let head = summary.head {
            lines.append("seq       \(first) to \(head.sequence)" + (first > 1 ? " (earlier lines are not here)" : ""))
            lines.append("time      \(summary.firstTime ?? "") to \(summary.lastTime ?? "")")
            lines.append("head      \(head)")
        }
        if summary.recovered > 0 { lines.append("recovered \(summary.recovered) interrupted writes") }
        if summary.lost > 0 { lines.append("lost      \(summary.lost) events, as the log itself says") }
        if summary.unfinishedBytes > 0 {
            lines.append(
                "note: \(summary.unfinishedBytes) bytes at the end are no line: a write under way, or one that was "
                    + "interrupted, or the file was cut"
            )
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// The result for programs, on one line.
    var json: String {
        let optional = { (text: String?) in text.map(JSONText.string) ?? "null" }
        let faults = faults.map { fault in
            let place = fault.position.map { #""file":\#(JSONText.string($0.file)),"line":\#($0.line),"# } ?? ""
            return #"{"code":"\#(fault.code.rawValue)",\#(place)"message":\#(JSONText.string(fault.message))}"#
        }
        let members = [
            #""valid":\#(isValid)"#,
            #""lines":\#(summary.lines)"#,
            #""first_seq":\#(summary.firstSequence.map(String.init) ?? "null")"#,
            #""last_seq":\#(summary.head.map { String($0.sequence) } ?? "null")"#,
            #""first_time":\#(optional(summary.firstTime))"#,
            #""last_time":\#(optional(summary.lastTime))"#,
            #""head":\#(optional(summary.head?.description))"#,
            #""recovered":\#(summary.recovered)"#,
            #""lost":\#(summary.lost)"#,
            #""unfinished_bytes":\#(summary.unfinishedBytes)"#,
            #""fault_count":\#(faultCount)"#,
            #""faults":[\#(faults.joined(separator: ","))]"#,
        ]
        return "{\(members.joined(separator: ","))}\n"
    }
}
