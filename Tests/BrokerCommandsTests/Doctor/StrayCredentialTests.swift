import BrokerAPI
import Foundation
import TestFiles
import Testing

@testable import BrokerCommands

/// What an SDK would use before it asks the broker is named, and its value never.
@Suite struct StrayCredentialTests {
    private static let secret = "s3cr3t-value"

    private func findings(
        _ environment: [String: String],
        in folder: String = "/nonexistent",
        home: String? = "/nonexistent"
    ) -> [DiagnosisResponse.Finding] {
        let process = ExaminedProcess(
            id: nil,
            environment: environment,
            root: folder,
            workingFolder: "/work",
            home: home
        )
        let findings = StrayCredentials(in: process).findings
        for finding in findings {
            #expect(!"\(finding)".contains(Self.secret))
        }
        return findings
    }

    private func isStray(_ environment: [String: String]) -> Bool {
        findings(environment).contains { $0.state == "fault" }
    }

    @Test(arguments: [
        "IBMCLOUD_API_KEY", "IC_API_KEY", "BM_API_KEY", "BLUEMIX_API_KEY", "IBM_API_KEY_ID", "IBM_SERVICE_ID_API_KEY",
        "IC_IAM_TOKEN", "IBMCLOUD_IAM_TOKEN", "IC_IAM_REFRESH_TOKEN", "IBMCLOUD_IAM_REFRESH_TOKEN", "IBMCLOUD_CR_TOKEN",
        "VPC_APIKEY", "CLOUDANT_IAM_APIKEY", "MY_SERVICE_BEARER_TOKEN", "VPC_REFRESH_TOKEN", "VCAP_SERVICES",
    ])
    func aVariableWithACredentialIsAFault(name: String) throws {
        let finding = try #require(findings([name: Self.secret]).first)
        #expect(finding.state == "fault")
        #expect(finding.subject == name)
        #expect(finding.repair == "unset \(name)")
        #expect(!isStray([name: ""]))
    }

    @Test(arguments: [
        ["VPC_AUTH_TYPE": "vpc", "VPC_AUTH_URL": "http://127.0.0.1:8169", "PATH": "/bin"],
        ["VPC_APIKEY": secret, "VPC_AUTH_URL": "http://127.0.0.1:8169"],
        ["VPC_APIKEY": secret, "VPC_AUTH_URL": "http://localhost:8169/"],
        ["VPC_APIKEY": secret, "VPC_AUTH_URL": "http://[::1]:8169"],
        ["IBM_API_KEY_ID": secret, "IBM_AUTH_ENDPOINT": "http://127.0.0.1:8169/identity/token"],
        ["VCAP_SERVICES": "{}"],
    ])
    func whatLeadsToTheBrokerIsNot(environment: [String: String]) {
        #expect(!isStray(environment))
    }

    @Test(arguments: [
        ["VPC_APIKEY": secret, "VPC_AUTH_URL": "https://iam.cloud.ibm.com"],
        ["VPC_APIKEY": secret, "COS_AUTH_URL": "http://127.0.0.1:8169"],
        ["VPC_APIKEY": secret, "VPC_AUTH_URL": "http://127.0.0.1.example.com"],
        ["VPC_APIKEY": secret, "VPC_AUTH_URL": "http://127.0.0.1@example.com"],
        ["IBM_API_KEY_ID": secret, "IBM_AUTH_ENDPOINT": "https://iam.cloud.ibm.com/identity/token"],
    ])
    func whatLeadsElsewhereIs(environment: [String: String]) {
        #expect(isStray(environment))
    }

    @Test func withoutAnyThatIsSaid() {
        let findings = findings(["PATH": "/bin"])
        #expect(findings.map(\.state) == ["ok"])
        #expect(findings.first?.message.contains("none") == true)
    }

    @Test func whatSudoRemovedIsUnknown() {
        let findings = findings(["SUDO_UID": "1000", "PATH": "/bin"])
        #expect(findings.map(\.state) == ["unknown"])
        #expect(findings.first?.message.contains("sudo removes") == true)
    }

    @Test func aHomeFolderThatNobodyKnowsIsUnknown() {
        #expect(findings(["PATH": "/bin"], home: nil).map(\.state) == ["unknown"])
    }

    private func withFolder(_ body: (URL) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "doctor-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: folder.appending(path: ".bluemix"),
            withIntermediateDirectories: true
        )
        defer { try? TestFiles.discard(folder) }
        try body(folder)
    }

    @Test(arguments: [
        ("ibm-credentials.env", "VPC_APIKEY=\(secret)\n", "it sets VPC_APIKEY", "mv -i '"),
        ("ibm-credentials.env", " vpc_apikey = \(secret)\r\nX=1", "it sets VPC_APIKEY", "mv -i '"),
        (".bluemix/cos_credentials", #"{"apikey":"\#(secret)"}"#, "Cloud Object Storage", "mv -i '"),
        (
            ".bluemix/config.json", #"{"IAMToken":"Bearer \#(secret)"}"#, "a login of the IBM Cloud command line",
            "ibmcloud logout"
        ),
        (
            ".bluemix/config.json", #"{"IAMRefreshToken":"\#(secret)"}"#, "a login of the IBM Cloud command line",
            "ibmcloud logout"
        ),
    ])
    func aFileInTheHomeFolderIsAFault(name: String, text: String, message: String, repair: String) throws {
        try withFolder { folder in
            try Data(text.utf8).write(to: folder.appending(path: name))
            let finding = try #require(findings([:], home: folder.path()).first)
            #expect(finding.state == "fault")
            #expect(finding.message.contains(message))
            #expect(finding.repair?.hasPrefix(repair) == true)
            #expect(finding.subject == folder.appending(path: name).path())
        }
    }

    @Test(arguments: [
        ("ibm-credentials.env", "VPC_AUTH_TYPE=vpc\n#VPC_APIKEY=x\n"),
        ("ibm-credentials.env", "VPC_APIKEY=any\nVPC_AUTH_URL=http://127.0.0.1:8169\n"),
        (".bluemix/cos_credentials", ""), (".bluemix/config.json", #"{"IAMToken":""}"#),
    ])
    func aFileWithoutACredentialIsNot(name: String, text: String) throws {
        try withFolder { folder in
            try Data(text.utf8).write(to: folder.appending(path: name))
            #expect(findings([:], home: folder.path()).map(\.state) == ["ok"])
        }
    }

    @Test func theFileThatTheEnvironmentNamesIsLookedAt() throws {
        try withFolder { folder in
            let file = folder.appending(path: "it's.env")
            try Data("COS_APIKEY=\(Self.secret)".utf8).write(to: file)
            let finding = try #require(findings(["IBM_CREDENTIALS_FILE": file.path()]).first)
            #expect(finding.state == "fault")
            #expect(finding.repair?.hasSuffix(#"it'\''s.env.unused'"#) == true)
        }
    }

    @Test func aFileThatCannotBeReadIsUnknownAndNotWaitedFor() throws {
        try withFolder { folder in
            #expect(mkfifo(folder.appending(path: "ibm-credentials.env").path(), 0o600) == 0)
            try Data("not json".utf8).write(to: folder.appending(path: ".bluemix/config.json"))
            try FileManager.default.createSymbolicLink(
                atPath: folder.appending(path: ".bluemix/cos_credentials").path(),
                withDestinationPath: "/nonexistent/file"
            )
            #expect(findings([:], home: folder.path()).map(\.state) == ["unknown", "unknown", "unknown"])
        }
    }

    @Test func theEnvironmentOfAnotherProcessIsRead() throws {
        let sleeper = Process()
        sleeper.executableURL = URL(filePath: "/bin/cat")
        sleeper.environment = ["IC_API_KEY": Self.secret, "HOME": "/nonexistent"]
        let input = Pipe()
        sleeper.standardInput = input
        let output = Pipe()
        sleeper.standardOutput = output
        try sleeper.run()
        // What comes back shows that it is the program that runs, and no longer a copy of this process.
        try input.fileHandleForWriting.write(contentsOf: Data("x".utf8))
        #expect(try output.fileHandleForReading.read(upToCount: 1) == Data("x".utf8))
        defer {
            try? input.fileHandleForWriting.close()
            sleeper.waitUntilExit()
        }
        let process = try ExaminedProcess(id: sleeper.processIdentifier)
        let findings = StrayCredentials(in: process).findings
        #expect(findings.map(\.subject) == ["IC_API_KEY"])
        #expect(findings.first?.repair == nil)
        #expect(!"\(findings)".contains(Self.secret))
    }

    @Test func aProcessThatIsNotThereIsAnError() {
        #expect(throws: CommandFailure.self) { try ExaminedProcess(id: .max) }
    }
}
