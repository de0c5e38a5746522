import Foundation
import Testing

/// A home of its own for a tool, with the helpers in PATH under all their names.
struct ToolHome: Sendable {
    let folder: URL
    /// The tool's file, in this home.
    let file: URL
    /// Folders of PATH before the system's.
    var programs: [String]

    var backup: URL { URL(filePath: file.path() + ".before-iam-broker") }
    var bin: URL { folder.appending(path: "bin") }
    var path: String { (programs + ["/usr/bin", "/bin"]).joined(separator: ":") }

    /// The names under which tools call `iam-broker`.
    private static let helpers = [
        "iam-broker", "docker-credential-iam-broker", "git-credential-iam-broker", "kubectl-iam_broker",
    ]

    static func with<Result>(
        _ file: String,
        helpers: [String] = helpers,
        _ body: (ToolHome) async throws -> Result
    ) async throws -> Result {
        try await withScratchFolder { folder in
            let bin = folder.appending(path: "bin")
            try FileManager.default.createDirectory(at: bin, withIntermediateDirectories: true)
            for name in helpers {
                let link = bin.appending(path: name)
                try FileManager.default.createSymbolicLink(at: link, withDestinationURL: CommandRun.executable)
            }
            let home = ToolHome(
                folder: folder,
                file: folder.appending(path: file),
                // Python's first: the one that aws has beside it has no SDK of IBM.
                programs: [
                    bin.path(), try ToolHome.folder(of: "IAM_BROKER_TEST_PYTHON"),
                    try ToolHome.folder(of: "IAM_BROKER_TEST_AWS"),
                ]
            )
            return try await body(home)
        }
    }

    /// The folder of a program that `make test` installs from PyPI.
    private static func folder(of variable: String) throws -> String {
        let path = ProcessInfo.processInfo.environment[variable] ?? ""
        try #require(!path.isEmpty, "\(variable) is not set: run `make test`, which prepares the tools")
        return URL(filePath: path).deletingLastPathComponent().path()
    }

    /// Runs `iam-broker setup` in this home.
    func setup(_ arguments: [String], environment: [String: String] = [:]) async throws -> CommandRun {
        let own = ["HOME": folder.path(), "PATH": path]
        let run = try await CommandRun(
            ["setup"] + arguments,
            input: Data(),
            environment: own.merging(environment) { $1 }
        )
        #expect(!run.errors.contains("hunter2") && !run.output.contains("hunter2"))
        return run
    }

    /// Runs a tool itself in this home.
    func tool(_ name: String, _ arguments: String..., environment: [String: String] = [:]) async throws -> CommandRun {
        let own = ["HOME": folder.path(), "PATH": path]
        return try await CommandRun(
            program: URL(filePath: "/usr/bin/env"),
            [name] + arguments,
            environment: own.merging(environment) { $1 }
        )
    }

    /// Puts a program that tells how it was called in the place of a tool.
    ///
    /// Another process writes it: one that other tests start in the meantime would have it open for writing, and then it
    /// cannot be run.
    func standIn(_ name: String, _ script: String) async throws {
        let text = folder.appending(path: "\(name).sh")
        try Data("#!/bin/sh\n\(script)\n".utf8).write(to: text)
        let arguments = ["-m", "0755", text.path(), bin.appending(path: name).path()]
        let run = try await CommandRun(program: URL(filePath: "/usr/bin/install"), arguments)
        try #require(run.exitCode == 0, "\(run.errors)")
    }

    func text(_ url: URL? = nil) -> String? { try? String(contentsOf: url ?? file, encoding: .utf8) }

    func write(_ text: String, mode: Int = 0o644) throws {
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file.path())
    }

    func mode() throws -> Int {
        try #require(try FileManager.default.attributesOfItem(atPath: file.path())[.posixPermissions] as? Int)
    }

    /// What is in the folder of the file.
    func neighbours() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: file.deletingLastPathComponent().path()).sorted()
    }
}
