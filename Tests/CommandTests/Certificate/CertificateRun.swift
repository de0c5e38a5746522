import Foundation
import Testing

/// `iam-broker certificate` in a folder of its own, with a server that answers it.
struct CertificateRun {
    let run: CommandRun
    let requests: [ScriptedServer.Request]
    /// What lies in the folder after it, the hidden too.
    let files: [String: String]
    /// Their modes.
    let modes: [String: Int]

    /// Runs the command in a folder where `prepare` may put something; `key.pem` and `chain.pem` are its files.
    init(
        _ arguments: [String] = [],
        subject: String = "C=US,ST=Texas,O=Example Org",
        answers: @escaping ScriptedServer.Answers,
        prepare: (URL) throws -> Void = { _ in }
    ) async throws {
        self = try await withScratchFolder { folder in
            try prepare(folder)
            return try await ScriptedServer.onSocket(answers) { socket, server in
                let path = { (name: String) in folder.appending(path: name).path() }
                let placed = arguments.map { $0.hasPrefix("@") ? path(String($0.dropFirst())) : $0 }
                let run = try await CommandRun(
                    ["certificate", "--subject", subject, "--key-type", "p256", "--socket", socket]
                        + ["--key", path("key.pem"), "--chain", path("chain.pem")] + placed,
                    input: Data()
                )
                return try Self(run, server.requests, in: folder)
            }
        }
        let key = files["key.pem"]?.split(separator: "\n").dropFirst().first
        for text in [run.output, run.errors] + requests.map(\.body) {
            #expect(!text.contains("PRIVATE KEY"))
            // Base64 may have `eyJ` by chance: look for the token itself.
            #expect(!text.contains(MetadataAnswers.token))
            if let key { #expect(!text.contains(key)) }
        }
    }

    private init(_ run: CommandRun, _ requests: [ScriptedServer.Request], in folder: URL) throws {
        (self.run, self.requests) = (run, requests)
        var files: [String: String] = [:]
        var modes: [String: Int] = [:]
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.path()) {
            let path = folder.appending(path: name).path()
            let attributes = try FileManager.default.attributesOfItem(atPath: path)
            modes[name] = attributes[.posixPermissions] as? Int
            if attributes[.type] as? FileAttributeType == .typeRegular {
                files[name] = try String(contentsOfFile: path, encoding: .utf8)
            }
        }
        (self.files, self.modes) = (files, modes)
    }
}
