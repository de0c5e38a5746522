internal import ArgumentParser
internal import FoundationEssentials
internal import JOSE

/// `iam-broker verify`: whether a token is genuine and says what is expected.
struct VerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Check a token's signature and claims.",
        discussion: """
            Exits with 0 when the token is accepted, and with 1 and the reason when it is not. Without an option for \
            it, a claim is not checked; exp, nbf and iat always are.

            With --batch, standard input holds one case a line, a JSON object with the members id, token, jwks, at, \
            leeway, issuer, audience, algorithms, profile_id, account_id and signature_only; id, verdict and reason are \
            printed for each.
            """
    )

    @Argument(help: "A file with the token; standard input without it.")
    var tokenFile: String?

    @Option(
        help: ArgumentHelp("The key set: a file or an https URL.", valueName: "file|url"),
        transform: KeySetLocation.init(argument:)
    )
    var jwks: KeySetLocation?

    @Option(help: ArgumentHelp("Trust the certificates (PEM) in this file for the URL.", valueName: "file"))
    var caFile: String?

    @OptionGroup var expected: ExpectationOptions

    @Flag(help: "Check the signature alone, whatever the claims say.")
    var signatureOnly = false

    @Flag(help: "Print the verdict and the claims as JSON.")
    var json = false

    @Flag(help: "Verify one case for each line of standard input.")
    var batch = false

    func validate() throws {
        if batch {
            guard tokenFile == nil, jwks == nil, caFile == nil, !signatureOnly, expected.isEmpty else {
                throw ValidationError("with --batch, each line of standard input says what is expected")
            }
        } else if jwks == nil {
            throw ValidationError("name the key set with --jwks")
        } else if jwks == .file(path: "-"), (tokenFile ?? "-") == "-" {
            throw ValidationError("standard input cannot be both the token and the key set")
        }
    }

    func run() async throws {
        guard let jwks else { return try runBatch() }
        let loader = KeySetLoader(certificateAuthorities: caFile)
        let text = try await loader.load(jwks)
        let keys: KeySet
        do {
            keys = try KeySet(parsing: text)
        } catch {
            throw try reject("\(error)")
        }
        try verify(TokenInput.read(path: tokenFile), with: keys)
    }

    private func verify(_ token: UnverifiedToken, with keys: KeySet) throws {
        let verifier = TokenVerifier(expected.expectations)
        if signatureOnly {
            if let rejection = verifier.verifySignature(of: token, with: keys) { throw try reject("\(rejection)") }
            try accept("accepted: the signature is valid; the claims were not checked", claims: nil)
            return
        }
        let now = expected.instant ?? Date()
        switch verifier.verify(token, with: keys, now: now) {
        case .accept(let verified):
            let expiry = TimeInWords.describe(secondsSince1970: verified.expiresAt.timeIntervalSince1970, now: now)
            try accept("accepted: expires \(expiry ?? "later")", claims: verified.claims.root.text)
        case .reject(let rejection):
            throw try reject("\(rejection)")
        }
    }

    private func accept(_ sentence: String, claims: String?) throws {
        let claims = claims.map(JSONText.line) ?? "null"
        let document = #"{"verdict":"accept","reason":null,"claims":\#(claims)}"#
        try StandardOutput.write((json ? document : sentence) + "\n")
    }

    /// Prints the verdict where it is data, and makes the error that says it to people.
    private func reject(_ reason: String) throws -> CommandFailure {
        if json {
            let document = #"{"verdict":"reject","reason":\#(JSONText.string(reason)),"claims":null}"#
            try StandardOutput.write(document + "\n")
        }
        return CommandFailure(.rejected, "token rejected: \(reason)")
    }

    private func runBatch() throws {
        let input = try InputFile(path: nil)
        var output = StandardOutput()
        var verifier = BatchVerifier()
        var lines = LineSplitter(limit: BatchVerifier.maximumLineSize)
        var chunk = [UInt8](repeating: 0, count: 64 * 1_024)
        while true {
            let count = try input.read(into: &chunk)
            guard count > 0 else { break }
            for line in lines.take(chunk[..<count]) {
                output.append(verifier.answer(line, now: Date()))
                try output.flushIfFull()
            }
            // Before waiting for more, so that whoever sends a case at a time gets its answer.
            try output.flush()
        }
        if let line = lines.finish() { output.append(verifier.answer(line, now: Date())) }
        try output.flush()
    }
}
