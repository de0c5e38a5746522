internal import ArgumentParser
internal import IdentityCertificates

/// Where key and certificates are written, and for whom.
struct CertificateFileOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Write the private key (PKCS #8, PEM) to this file.", valueName: "file"))
    var key: String

    @Option(
        help: ArgumentHelp("Write the certificates (PEM), the instance's own first, to this file.", valueName: "file")
    )
    var chain: String

    @Option(help: ArgumentHelp("Write key and certificates to this file too, in one piece.", valueName: "file"))
    var bundle: String?

    @Option(help: ArgumentHelp("Give the files to this user, by name or number.", valueName: "user"))
    var owner: String?

    @Option(help: ArgumentHelp("Give the files to this group, by name or number.", valueName: "group"))
    var group: String?

    @Option(help: ArgumentHelp("The mode of key and bundle: 600, 400, 640 or 440.", valueName: "octal"))
    var mode = FileMode.ownerOnly

    /// The files, checked as far as that goes without the file system; users and groups are looked up.
    func target() throws(CommandFailure) -> CertificateFiles {
        let owner = try owner.map { name throws(CommandFailure) in try Self.owner(name) }
        let group = try group.map { name throws(CommandFailure) in try SystemGroup(name).gid }
        do {
            return try CertificateFiles(
                key: key,
                chain: chain,
                bundle: bundle,
                owner: owner,
                group: group,
                mode: mode.bits
            )
        } catch {
            throw CommandFailure(.usage, error.message)
        }
    }

    private static func owner(_ name: String) throws(CommandFailure) -> UInt32 {
        do {
            return try SystemUser(name).uid
        } catch {
            throw CommandFailure(
                error.exitCode,
                error.message,
                hint: "give the user that runs the program that reads them"
            )
        }
    }
}

/// The mode of a file, in octal digits.
struct FileMode: ExpressibleByArgument {
    let bits: UInt32

    static let ownerOnly = FileMode(bits: 0o600)

    private init(bits: UInt32) {
        self.bits = bits
    }

    init?(argument: String) {
        guard (3...4).contains(argument.utf8.count), argument.utf8.allSatisfy({ (0x30...0x37).contains($0) }),
            let bits = UInt32(argument, radix: 8)
        else { return nil }
        self.bits = bits
    }

    var defaultValueDescription: String { "600" }
}
