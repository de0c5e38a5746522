import CloudSimulator
import Foundation
import Glibc
import JOSE
import Testing

/// The daemon keeps certificates that the simulator signs; OpenSSL reads what it writes.
@Suite(.timeLimit(.minutes(2)))
struct CertificateTests {
    private static let openssl = URL(filePath: "/usr/bin/openssl")

    /// The program that is run after a renewal writes into a FIFO, so that a test can wait for it.
    private static func setup(
        subject: String = "C=DE,O=Example",
        reload: String = "echo done > FOLDER/reloaded"
    ) -> Setup {
        var setup = Setup()
        setup.certificates = """
            { share: { subject: "\(subject)", key_type: p256, lifetime: 5m, key: FOLDER/key.pem, chain: FOLDER/chain.pem,
              bundle: FOLDER/both.pem, reload: [/bin/sh, "-c", "\(reload)"] } }
            """
        return setup
    }

    /// Starts a cloud and gives `body` a way to run daemons of one folder, one after the other.
    private func withCloud(_ body: (CloudSimulator, String, ScratchFolder) async throws -> Void) async throws {
        let cloud = try World.cloud()
        try await cloud.withRunning(tls: nil, logger: World.logger) { address in
            let folder = try ScratchFolder()
            #expect(mkfifo(folder.path("reloaded"), 0o600) == 0)
            try await body(cloud, address.url, folder)
        }
    }

    private func withDaemon(
        _ setup: Setup,
        _ url: String,
        _ folder: ScratchFolder,
        _ body: (DaemonProcess) async throws -> Void
    ) async throws {
        try? FileManager.default.removeItem(atPath: folder.path("policies"))
        let daemon = try await DaemonProcess(configuration: try setup.write(to: folder, cloud: url))
        do {
            try await body(daemon)
        } catch {
            daemon.kill(SIGKILL)
            throw error
        }
        let key =
            (try? String(contentsOfFile: folder.path("key.pem"), encoding: .utf8)) ?? "-----BEGIN PRIVATE KEY-----"
        try await daemon.stop(secrets: key.split(separator: "\n").dropFirst().dropLast().map(String.init))
    }

    private func reload(_ folder: ScratchFolder) async throws {
        let run = try await Program.run(URL(filePath: "/bin/cat"), [folder.path("reloaded")])
        #expect(run.output == "done\n")
    }

    private func openssl(_ arguments: String...) async throws -> String {
        let run = try await Program.run(Self.openssl, arguments)
        #expect(run.exitCode == 0, "\(run.errors)")
        return run.output
    }

    private func mode(_ path: String) throws -> UInt32 {
        var status = stat()
        #expect(stat(path, &status) == 0)
        return status.st_mode & 0o777
    }

    private func certificate(_ folder: ScratchFolder) async throws -> JSONValue {
        let run = try await Program.command.run(["status", "--json", "--socket", folder.path("a")])
        let document = try JSONDocument(parsing: Array(run.output.utf8))
        return try #require(document.root["certificates"]?.array?.first)
    }

    @Test func aCertificateIsObtainedWrittenAndKeptOverARestart() async throws {
        try await withCloud { cloud, url, folder in
            try await withDaemon(Self.setup(), url, folder) { _ in
                try await reload(folder)
                let (key, chain) = (folder.path("key.pem"), folder.path("chain.pem"))
                let ours = try await openssl("pkey", "-in", key, "-pubout")
                #expect(try await openssl("x509", "-in", chain, "-noout", "-pubkey") == ours)
                #expect(try await openssl("x509", "-in", chain, "-noout", "-subject").contains("DE"))
                #expect(try mode(key) == 0o600)
                #expect(try mode(folder.path("both.pem")) == 0o600)
                #expect(try mode(chain) == 0o644)
                let status = try await certificate(folder)
                #expect(status["state"]?.string == "fresh")
                #expect((240...300).contains(status["expires_in"]?.integer ?? 0))
                #expect((100...200).contains(status["next_attempt_in"]?.integer ?? 0))
                let serial = try await openssl("x509", "-in", chain, "-noout", "-serial")
                #expect(serial == "serial=\(status["serial"]?.string ?? "")\n")
                let table = try await Program.command.run(["status", "--socket", folder.path("a")])
                #expect(table.output.contains("CERTIFICATE"))
            }
            let audit = try String(contentsOfFile: folder.path("state/audit/audit.jsonl"), encoding: .utf8)
            #expect(audit.contains(#""event":"certificate_obtained","certificate":"share","serial":"#))
            #expect(cloud.requestCount(of: .certificates) == 1)

            // What is there fits: nothing is asked for again.
            try await withDaemon(Self.setup(), url, folder) { daemon in
                // But its users are told once more: perhaps the last daemon could not.
                try await reload(folder)
                let status = try await certificate(folder)
                #expect(status["state"]?.string == "fresh")
                #expect(cloud.requestCount(of: .certificates) == 1)
            }
            // Another subject is wanted: the files no longer fit the configuration.
            try await withDaemon(Self.setup(subject: "O=Other"), url, folder) { _ in
                try await reload(folder)
                #expect(cloud.requestCount(of: .certificates) == 2)
            }
        }
    }

    @Test func aServiceThatFailsIsToldAndAskedAgain() async throws {
        try await withCloud { cloud, url, folder in
            cloud.set(.status(500), for: .certificates)
            try await withDaemon(Self.setup(), url, folder) { daemon in
                try await daemon.log.wait(for: "Certificate could not be renewed")
                let doctor = try await Program.command.run(["doctor", "--json", "--socket", folder.path("a")])
                #expect(doctor.output.contains(#""check":"certificate","subject":"share","state":"fault""#))
                #expect(!FileManager.default.fileExists(atPath: folder.path("key.pem")))
                cloud.clearFaults()
                try await reload(folder)
                #expect(try await certificate(folder)["state"]?.string == "fresh")
            }
        }
    }

    @Test func aReloadThatFailsIsTold() async throws {
        try await withCloud { cloud, url, folder in
            try await withDaemon(Self.setup(reload: "exit 3"), url, folder) { daemon in
                try await daemon.log.wait(for: "reload: /bin/sh ended with code 3")
                let status = try await certificate(folder)
                #expect(status["state"]?.string == "failing")
                #expect(cloud.requestCount(of: .certificates) == 1)
            }
        }
    }

    @Test func nothingIsAskedForWhileEverythingIsLocked() async throws {
        try await withCloud { cloud, url, folder in
            try folder.createFolder("state")
            try folder.write("state/locks.json", #"{"version":1,"all":{"since":1788256800,"by":0},"profiles":{}}"#)
            try await withDaemon(Self.setup(), url, folder) { daemon in
                try await daemon.log.wait(for: "everything has been locked by an operator")
                #expect(cloud.requestCount(of: .certificates) == 0)
                #expect(try await certificate(folder)["state"]?.string == "absent")
            }
        }
    }
}
