internal import ArgumentParser
internal import FoundationEssentials
internal import JOSE

/// How many tokens a thread verifies a second, beside what OpenSSL needs for the signature alone.
struct VerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Verify one RS256 token of a trusted profile over and over, on one thread."
    )

    @Option(help: "How long to verify, in seconds.")
    var seconds = 3

    @Option(help: "The processor to run on.")
    var cpu: Int?

    @Flag(help: "Leave out openssl speed.")
    var alone = false

    @Flag(help: "Write JSON.")
    var json = false

    func validate() throws {
        guard (1...3_600).contains(seconds) else { throw ValidationError("--seconds must be from 1 to 3600") }
    }

    func run() throws {
        if let cpu { try Processor.pin(to: cpu) }
        let before = alone ? nil : try OpenSSLSpeed.rsaVerifications(seconds: seconds)
        let sample = try SampleToken()
        let rate = try sample.verificationsPerSecond(seconds: seconds)
        let after = alone ? nil : try OpenSSLSpeed.rsaVerifications(seconds: seconds)
        let report = VerifyReport(
            verificationsPerSecond: rate,
            tokenBytes: sample.compact.utf8.count,
            opensslBefore: before,
            opensslAfter: after
        )
        print(json ? try Report.json(report) : report.description)
    }
}

/// What `verify` measured.
private struct VerifyReport: Codable, CustomStringConvertible {
    let verificationsPerSecond: Double
    let tokenBytes: Int
    /// `openssl speed rsa2048`, verifications per second, before and after ours.
    let opensslBefore: Double?
    let opensslAfter: Double?
    /// Ours by the mean of OpenSSL's.
    let ratio: Double?

    init(verificationsPerSecond: Double, tokenBytes: Int, opensslBefore: Double?, opensslAfter: Double?) {
        self.verificationsPerSecond = verificationsPerSecond
        self.tokenBytes = tokenBytes
        (self.opensslBefore, self.opensslAfter) = (opensslBefore, opensslAfter)
        ratio =
            if let opensslBefore, let opensslAfter {
                verificationsPerSecond / ((opensslBefore + opensslAfter) / 2)
            } else {
                nil
            }
    }

    var description: String {
        var lines = [
            "verifications/s   \(verificationsPerSecond.fixed(0))"
                + "  (\((1e6 / verificationsPerSecond).fixed(2)) µs each, a token of \(tokenBytes) bytes)"
        ]
        if let opensslBefore, let opensslAfter, let ratio {
            lines.append("openssl speed     \(opensslBefore.fixed(0)) before, \(opensslAfter.fixed(0)) after")
            lines.append("ratio             \(ratio.fixed(3))")
        }
        return lines.joined(separator: "\n")
    }
}
