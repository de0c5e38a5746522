internal import FoundationEssentials
internal import IdentityCertificates

/// What was written, for people and for programs; never the key.
struct CertificateReport {
    private let chain: CheckedChain
    private let files: CertificateFileOptions

    init(chain: CheckedChain, files: CertificateFileOptions) {
        (self.chain, self.files) = (chain, files)
    }

    func text(now: Date) -> String {
        let end = chain.notAfter.timeIntervalSince1970
        var rows = [
            ["subject", TerminalText.escaping(chain.subject)],
            ["serial", chain.serial],
            ["not after", TimeInWords.describe(secondsSince1970: end, now: now) ?? chain.notAfter.formatted(.iso8601)],
            ["key", TerminalText.escaping(files.key)],
            [
                "chain",
                TerminalText.escaping(files.chain) + " (\(chain.count) certificate\(chain.count == 1 ? "" : "s"))",
            ],
        ]
        if let bundle = files.bundle { rows.append(["bundle", TerminalText.escaping(bundle)]) }
        return TextTable.text(rows)
    }

    var json: String {
        let members = [
            ("subject", JSONText.string(chain.subject)),
            ("serial", JSONText.string(chain.serial)),
            ("not_before", JSONText.string(chain.notBefore.formatted(.iso8601))),
            ("not_after", JSONText.string(chain.notAfter.formatted(.iso8601))),
            ("certificates", String(chain.count)),
            ("key", JSONText.string(files.key)),
            ("chain", JSONText.string(files.chain)),
            ("bundle", files.bundle.map(JSONText.string) ?? "null"),
        ]
        return "{\(members.map { #""\#($0.0)":\#($0.1)"# }.joined(separator: ","))}\n"
    }
}
