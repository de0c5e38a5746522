internal import ArgumentParser
internal import BrokerAPI
internal import Glibc
internal import JOSE

/// `iam-broker credential aws`: a `credential_process` of the AWS tools, for Object Storage.
struct AWSCredentialCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "aws",
        abstract: "For aws, boto3 and rclone: the HMAC pair of Object Storage that the daemon keeps.",
        discussion:
            "In ~/.aws/config: credential_process = iam-broker credential aws --pair NAME. Who may read the pair's file "
            + "gets it; nobody is asked."
    )

    @Option(help: "The name of the pair.")
    var pair: String

    @Option(help: ArgumentHelp("The folder in which the daemon keeps pairs.", valueName: "path"))
    var folder = HMACPair.standardFolder

    func validate() throws {
        guard HMACPair.isName(pair) else { throw ValidationError(Self.pairNameRule) }
    }

    static let pairNameRule = "--pair must be letters, digits, '-' and '_', 64 at most"

    func run() throws {
        let path = "\(folder)/\(pair).json"
        guard unsafe access(path, F_OK) == 0 || errno != ENOENT else {
            throw CommandFailure(
                .unavailable,
                "there is no HMAC pair \(pair) yet: \(path) does not exist",
                hint: "the daemon writes it when a rotation has made the first pair"
            )
        }
        let pair = try read(path)
        var members = [
            #""Version":1"#, #""AccessKeyId":\#(JSONText.string(pair.accessKeyID))"#,
            #""SecretAccessKey":\#(JSONText.string(pair.secretAccessKey.exposed))"#,
        ]
        if let expiry = pair.expiresAt {
            guard let text = UTCTime.text(secondsSince1970: expiry) else { throw Self.badExpiry(path) }
            members.append(#""Expiration":"\#(text)""#)
        }
        try StandardOutput.write("{\(members.joined(separator: ","))}\n")
    }

    private func read(_ path: String) throws(CommandFailure) -> HMACPair {
        let bytes = try InputFile(regularFile: path).readAll(limit: HMACPair.limit)
        do {
            return try HMACPair(parsing: bytes)
        } catch {
            switch error {
            case .noPair: throw CommandFailure(.badInput, "\(path) holds no HMAC pair")
            case .badExpiry: throw Self.badExpiry(path)
            }
        }
    }

    private static func badExpiry(_ path: String) -> CommandFailure {
        CommandFailure(.badInput, "\(path) has an expires_at that is no time")
    }
}
