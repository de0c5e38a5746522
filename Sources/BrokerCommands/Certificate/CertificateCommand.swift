internal import ArgumentParser
internal import FoundationEssentials
internal import IdentityCertificates
internal import SystemPrograms

/// `iam-broker certificate`: an identity certificate of the instance, for a key that is made here and stays here.
struct CertificateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "certificate",
        abstract: "Get an identity certificate of this instance, and write key and chain into files.",
        discussion: """
            The key is made here; the signing request alone leaves this process. What comes back is checked before \
            anything is written. The broker asks for its workloads what policy grants to them; --direct asks the \
            metadata service itself.
            Exit codes: 0 done; 65 a file cannot be used; 69 broker or service unavailable, or its answer is wrong; \
            77 refused; 78 no such user or group.
            """
    )

    @Option(
        help: ArgumentHelp("Whom the certificate names, by C, ST, L, O and OU.", valueName: "C=DE,O=Example"),
        transform: { try CertificateSubject($0) }
    )
    var subject: CertificateSubject

    @Option(help: "The kind of key.")
    var keyType = KeyType.rsa4096

    @Option(
        help: ArgumentHelp("How long it shall be valid, from 5m to 1h, or in seconds.", valueName: "time")
    )
    var expiresIn = CertificateLifetime.longest

    @OptionGroup var files: CertificateFileOptions

    @Option(help: ArgumentHelp("The certificates (PEM) in this file must vouch for the chain.", valueName: "file"))
    var roots: String?

    @Flag(help: "Print what was written as JSON.")
    var json = false

    @OptionGroup var service: MetadataServiceOptions

    func run() async throws {
        let code = CoreDumps.forbid()
        guard code == 0 else {
            throw CommandFailure(
                .internalFailure,
                "cannot forbid core dumps, which would hold the key: \(SystemError.text(code))"
            )
        }
        let roots = try trustRoots()
        let target = try files.target()
        let (key, request) = try prepare(for: target)
        let session = try await service.session()
        let certificates = try await session.certificates(for: request, lifetime: expiresIn)
        let chain: CheckedChain
        do throws(CertificateError) {
            chain = try CheckedChain(certificates: certificates, key: key, subject: subject, now: Date(), roots: roots)
        } catch {
            throw CommandFailure(
                .unavailable,
                "the certificate from \(session.endpoint.name) cannot be used: \(error)",
                hint: error.code == .notInForce ? "check the clock: timedatectl status" : nil
            )
        }
        do throws(CertificateError) {
            try target.write(chain)
        } catch {
            throw CommandFailure(error)
        }
        let report = CertificateReport(chain: chain, files: files)
        try StandardOutput.write(json ? report.json : report.text(now: Date()))
    }

    /// All that can go wrong before anybody is asked.
    private func prepare(
        for target: CertificateFiles
    ) throws(CommandFailure) -> (IdentityKey, CertificateSigningRequest) {
        do throws(CertificateError) {
            try target.check()
            // This may take seconds; nothing else runs in this process meanwhile.
            let key = try IdentityKey(generating: keyType)
            return (key, try CertificateSigningRequest(subject: subject, key: key))
        } catch {
            throw CommandFailure(error)
        }
    }

    private func trustRoots() throws(CommandFailure) -> TrustRoots? {
        guard let roots else { return nil }
        let bytes = try InputFile(path: roots).readAll(limit: TrustRoots.largest)
        do {
            return try TrustRoots(pem: String(decoding: bytes, as: UTF8.self))
        } catch {
            throw CommandFailure(.badInput, "\(roots) cannot be used: \(error)")
        }
    }
}

extension KeyType: ExpressibleByArgument {}

extension CommandFailure {
    /// A fault on this side: of a file, a folder or a key.
    fileprivate init(_ error: CertificateError) {
        switch error.code {
        case .unsafePlace: self.init(.badInput, error.message)
        case .fileFailure:
            self.init(
                .badInput,
                error.message,
                hint: "this user must be able to write there; only root gives files away"
            )
        default: self.init(.internalFailure, error.message)
        }
    }
}
