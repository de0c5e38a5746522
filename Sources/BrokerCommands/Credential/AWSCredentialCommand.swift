internal import ArgumentParser
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
    var folder = "/run/iam-broker/hmac"

    func validate() throws {
        let isName =
            (1...64).contains(pair.utf8.count) && pair.first != "-"
            && pair.utf8.allSatisfy { byte in
                byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
                    || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                    || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            }
        guard isName else { throw ValidationError("--pair must be letters, digits, '-' and '_', 64 at most") }
    }

    func run() throws {
        let path = "\(folder)/\(pair).json"
        guard unsafe access(path, F_OK) == 0 || errno != ENOENT else {
            throw CommandFailure(
                .unavailable,
                "there is no HMAC pair \(pair) yet: \(path) does not exist",
                hint: "the daemon writes it when a rotation has made the first pair"
            )
        }
        let bytes = try InputFile(regularFile: path).readAll(limit: Self.limit)
        let document = try? JSONDocument(parsing: bytes, limits: JSONLimits(size: Self.limit))
        guard let root = document?.root, let id = root["access_key_id"]?.string, !id.isEmpty,
            let secret = root["secret_access_key"]?.string.map(Redacted.init), !secret.exposed.isEmpty
        else { throw CommandFailure(.badInput, "\(path) holds no HMAC pair") }
        var members = [
            #""Version":1"#, #""AccessKeyId":\#(JSONText.string(id))"#,
            #""SecretAccessKey":\#(JSONText.string(secret.exposed))"#,
        ]
        if let expiry = root["expires_at"] {
            guard let seconds = expiry.integer, let text = UTCTime.text(secondsSince1970: seconds) else {
                throw CommandFailure(.badInput, "\(path) has an expires_at that is no time")
            }
            members.append(#""Expiration":"\#(text)""#)
        }
        try StandardOutput.write("{\(members.joined(separator: ","))}\n")
    }

    private static let limit = 64 * 1_024
}
