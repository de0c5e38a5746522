internal import AccessPolicy
internal import DaemonConfiguration
internal import DocumentReader
internal import FoundationEssentials

/// How the cases came out.
struct CaseResults {
    struct CaseResult: Encodable {
        let file: String
        let line: Int?
        let name: String
        let passed: Bool
        let expected: String
        let actual: String
        /// Why it came out otherwise; empty when it passed.
        let reasons: [String]
    }

    private(set) var cases: [CaseResult] = []
    var errors = DocumentErrors()

    var failed: Int { cases.count { !$0.passed } }

    /// Runs all cases of the files at `paths`.
    mutating func run(_ paths: [String], now: Date = Date()) {
        for path in paths {
            do {
                for file in try CaseFiles.find(path) { run(file: file, now) }
            } catch {
                errors.add(error)
            }
        }
    }

    private mutating func run(file: String, _ now: Date) {
        // One set of numbers for the names in policies and cases alike.
        let accounts = AccountNames.invented()
        let folder = file.contains("/") ? String(file[..<(file.lastIndex(of: "/") ?? file.startIndex)]) : "."
        do {
            let document = try Self.cases(file, accounts)
            let policy = try Policy(Self.documents(document.policies, folder, accounts))
            cases += document.cases.map { Self.result($0, policy, now) }
        } catch {
            errors.add(error)
        }
    }

    private static func documents(
        _ names: [String]?,
        _ folder: String,
        _ accounts: AccountNames
    ) throws(DocumentErrors) -> [PolicyDocument] {
        guard let names else { return try PolicyFolder.documents(in: folder, profiles: nil, accounts: accounts) }
        return try PolicyFolder.documents(names.map { "\(folder)/\($0)" }, profiles: nil, accounts: accounts)
    }

    private static func cases(_ file: String, _ accounts: AccountNames) throws(DocumentErrors) -> PolicyCaseDocument {
        let text: String
        do {
            text = try TextFile.read(file, limit: DocumentSize.policy)
        } catch {
            throw DocumentErrors([error])
        }
        return try PolicyCaseDocument(parsing: text, file: file, accounts: accounts)
    }

    private static func result(_ item: PolicyCase, _ policy: Policy, _ now: Date) -> CaseResult {
        let instant = item.instant ?? now
        let outcome = policy.outcome(item.workload, item.question, at: instant)
        let passed = item.isMet(by: outcome)
        return CaseResult(
            file: item.place.file,
            line: item.place.line,
            name: item.name,
            passed: passed,
            expected: "\(item.expected)",
            actual: "\(outcome)",
            reasons: passed ? [] : NearestMiss.lines(item, policy, at: instant)
        )
    }
}

extension CaseResults {
    /// For people: a case a line, why it failed, and what it comes to.
    var lines: [String] {
        var lines: [String] = []
        for item in cases {
            let place = "\(SourcePlace(file: item.file, line: item.line)): \(item.name)"
            if item.passed {
                lines.append("ok   \(place)")
            } else {
                lines.append("FAIL \(place): expected \(item.expected), got \(item.actual)")
                lines += item.reasons.map { "     \($0)" }
            }
        }
        lines += errors.sorted.map { "error: \($0)" }
        if errors.omitted > 0 { lines.append("and \(errors.omitted) more") }
        if cases.isEmpty, errors.isEmpty {
            lines.append("no cases: write them beside the policies, in files whose names end in .test.yaml")
        } else {
            let unread = errors.isEmpty ? "" : ", \(errors.errors.count + errors.omitted) errors"
            lines.append("\(cases.count - failed) passed, \(failed) failed\(unread)")
        }
        return lines.map(PlainLine.escaping)
    }
}

/// For programs.
extension CaseResults: Encodable {
    private enum Key: String, CodingKey {
        case cases, errors, omitted, passed, failed
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(cases, forKey: .cases)
        try container.encode(errors.sorted.map(\.description), forKey: .errors)
        try container.encode(errors.omitted, forKey: .omitted)
        try container.encode(cases.count - failed, forKey: .passed)
        try container.encode(failed, forKey: .failed)
    }
}
