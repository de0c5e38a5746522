internal import BrokerAPI
internal import FoundationEssentials

/// One picture of `iam-broker top`: lines that fit the screen.
struct TopFrame {
    /// A line, and what it is.
    struct Line: Equatable {
        enum Style: Equatable { case plain, title, good, warning, bad }

        var text: String
        var style: Style = .plain
    }

    private struct Section {
        let title: Line
        let rows: [Line]
        /// Its rows in all, for the title.
        let name: String
    }

    private let state: TopState
    private let width: Int
    private let height: Int

    /// - Parameters:
    ///   - state: what is known.
    ///   - columns: of the screen.
    ///   - rows: of the screen.
    init(_ state: TopState, columns: Int, rows: Int) {
        (self.state, width, height) = (state, max(0, columns), max(0, rows))
    }

    /// No more than the screen has rows, and none longer than it has columns.
    var lines: [Line] {
        let head = self.head
        let shown = fit(sections, into: height - head.count)
        return Array((head + shown).prefix(height))
    }

    // MARK: Head

    private var head: [Line] {
        var lines = [Line(text: clip(summary), style: verdictStyle)]
        if let trouble = state.trouble {
            lines.append(Line(text: clip("NO ANSWER, what is below is older: " + trouble), style: .bad))
        }
        let findings = (state.status?.health?.findings ?? []).filter { $0.severity != "note" }
        for finding in findings.prefix(2) {
            let style: Line.Style = finding.severity == "failing" ? .bad : .warning
            lines.append(Line(text: clip("  \(finding.about): \(finding.message)"), style: style))
            if let command = finding.commands.first { lines.append(Line(text: clip("    do: \(command)"))) }
        }
        if findings.count > 2 { lines.append(Line(text: clip("  and \(findings.count - 2) more: iam-broker status"))) }
        return lines
    }

    private var summary: String {
        let word =
            switch state.status?.health?.status {
            case "ok": "READY"
            case "degraded": "READY, BUT LOOK"
            case nil: state.status == nil ? "NO ANSWER YET" : "RUNNING"
            default: "NOT READY"
            }
        let time = TimeInWords.date(secondsSince1970: Int(state.now.timeIntervalSince1970)) ?? ""
        let left = "iam-broker \(state.status?.version ?? "")  \(word)"
        let right = "\(time)  q: quit"
        guard left.utf8.count + right.utf8.count + 2 <= width else { return left }
        return left + String(repeating: " ", count: width - left.utf8.count - right.utf8.count) + right
    }

    private var verdictStyle: Line.Style {
        switch state.status?.health?.status {
        case "ok": .good
        case "degraded", nil: .warning
        default: .bad
        }
    }

    private func clip(_ text: String) -> String { TopText.clipped(text, width: width) }

    // MARK: Sections

    private var sections: [Section] { [profiles, workloads, denials, rotations].compactMap { $0 } }

    private func section(_ name: String, _ table: TopTable, styles: [Line.Style]) -> Section {
        let lines = table.lines(width: width)
        let rows = zip(lines.dropFirst(), styles).map { Line(text: $0, style: $1) }
        return Section(title: Line(text: lines.first ?? "", style: .title), rows: rows, name: name)
    }

    private var profiles: Section? {
        guard let status = state.status else { return nil }
        let outcomes = Dictionary((state.activity?.profiles ?? []).map { ($0.name, $0.outcomes) }) { first, _ in first }
        let rows = status.profiles.map { profile in
            let counts = outcomes[profile.name] ?? [:]
            let refused = counts.reduce(0) { $1.key == "released" ? $0 : $0 &+ $1.value }
            return [
                profile.name, profile.state, TopBar.text(profile),
                profile.expiresIn.map(TimeInWords.short) ?? "-", profile.nextAttemptIn.map(TimeInWords.short) ?? "-",
                "\(counts["released"] ?? 0)", "\(refused)",
            ]
        }
        let table = TopTable(
            "PROFILES",
            [
                .init(title: "STATE", width: 7, weight: 6),
                .init(title: "LIFE, | REFRESH", width: TopBar.width, weight: 3),
                .init(title: "ENDS IN", width: 8, weight: 5), .init(title: "REFRESH", width: 8, weight: 4),
                .init(title: "TOKENS", width: 8, weight: 2, isNumber: true),
                .init(title: "REFUSED", width: 7, weight: 1, isNumber: true),
            ],
            rows: rows
        )
        return section("PROFILES", table, styles: status.profiles.map(Self.style))
    }

    private static func style(_ profile: StatusResponse.Profile) -> Line.Style {
        switch profile.state {
        case "failing": .bad
        case "locked": .warning
        default: profile.lastError == nil ? .plain : .warning
        }
    }

    private var workloads: Section? {
        guard let activity = state.activity else { return nil }
        let shares = activity.workloads.map { (share: $0, rate: state.rates.perMinute($0)) }
            // Those that take most now come first; the daemon's order decides between equals.
            .enumerated().sorted { ($1.element.rate ?? 0, $0.offset) < ($0.element.rate ?? 0, $1.offset) }
            .map(\.element)
        let rows = shares.map { share, rate in
            [
                "\(share.workload.kind) \(share.workload.name ?? "")", "\(share.workload.userID)", share.profile,
                rate.map(Self.rate) ?? "-", "\(share.released)",
            ]
        }
        let table = TopTable(
            "WORKLOADS",
            [
                .init(title: "UID", width: 6, weight: 1, isNumber: true),
                .init(title: "PROFILE", width: 16, weight: 3),
                .init(title: "PER MIN", width: 8, weight: 4, isNumber: true),
                .init(title: "TOKENS", width: 10, weight: 2, isNumber: true),
            ],
            rows: rows
        )
        return section("WORKLOADS", table, styles: rows.map { _ in .plain })
    }

    /// One digit behind the point, without a formatter.
    private static func rate(_ rate: Double) -> String {
        let tenths = Int((min(rate, 1e12) * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }

    private var denials: Section? {
        guard let activity = state.activity else { return nil }
        let rows = activity.lastDenials.map { denial in
            [
                "\(denial.profile ?? "-"): \(denial.message)", denial.workload?.shortName ?? "uid \(denial.userID)",
                TimeInWords.short(from: denial.lastAt, to: max(denial.lastAt, activity.now)), "\(denial.count)",
                denial.decision,
            ]
        }
        let table = TopTable(
            "LAST DENIALS",
            [
                .init(title: "WHO", width: 14, weight: 5), .init(title: "AGO", width: 7, weight: 4),
                .init(title: "TIMES", width: 5, weight: 2, isNumber: true),
                .init(title: "EXPLAIN", width: 16, weight: 3),
            ],
            rows: rows
        )
        return section("LAST DENIALS", table, styles: rows.map { _ in .plain })
    }

    private var rotations: Section? {
        guard !state.rotations.isEmpty else { return nil }
        let now = Int(state.now.timeIntervalSince1970)
        let rows = state.rotations.map { plan in
            let phases = plan.rotation?.phases.map { $0.state == "now" ? "[\($0.name)]" : $0.name } ?? []
            let next = plan.rotation?.until ?? plan.nextAt
            return [
                "\(plan.name)  \(plan.reason ?? phases.joined(separator: " > "))", plan.state,
                next.map { TimeInWords.short(from: now, to: max(now, $0)) } ?? "-",
            ]
        }
        let table = TopTable(
            "ROTATIONS",
            [.init(title: "STATE", width: 8, weight: 2), .init(title: "NEXT IN", width: 8, weight: 1)],
            rows: rows
        )
        let styles = state.rotations.map { ["halted", "unknown"].contains($0.state) ? Line.Style.bad : .plain }
        return section("ROTATIONS", table, styles: styles)
    }

    // MARK: Fitting

    /// Each section has its title and gets rows in turn, until there is no more room: no section pushes out another.
    private func fit(_ sections: [Section], into room: Int) -> [Line] {
        // An empty line stands before each title.
        var left = room - sections.count * 2
        var counts = sections.map { _ in 0 }
        while left > 0,
            let next = sections.indices.filter({ counts[$0] < sections[$0].rows.count })
                .min(by: { counts[$0] < counts[$1] })
        {
            counts[next] += 1
            left -= 1
        }
        return zip(sections, counts)
            .flatMap { section, count in
                var title = section.title
                if count < section.rows.count {
                    // How much there is beside what is shown stands where the first column has room.
                    let name = "\(section.name) \(count)/\(section.rows.count)"
                    let behind = title.text.dropFirst(name.count)
                    if behind.hasPrefix(" ") || behind.isEmpty { title.text = clip(name + behind) }
                }
                return [Line(text: ""), title] + section.rows.prefix(count)
            }
    }
}
