import Foundation
import Testing

/// A process in a network namespace that the tests talk to: see `network_peer.py`.
struct NetworkPeer: Sendable {
    private let process: Process
    private let input: FileHandle
    private let output: FileHandle

    /// Where in the system a peer is.
    enum Place: Sendable {
        case newNamespace
        case namespace(of: NetworkPeer)
    }

    static var interpreter: String {
        get throws {
            let path = ProcessInfo.processInfo.environment["IAM_BROKER_TEST_PYTHON"] ?? ""
            return path.isEmpty ? "/usr/bin/python3" : path
        }
    }

    /// Starts it.
    init(_ place: Place, _ arguments: [String]) throws {
        let command = [try Self.interpreter, Fixture.path("network_peer.py")] + arguments
        process = Process()
        switch place {
        case .newNamespace:
            process.executableURL = URL(filePath: "/usr/bin/unshare")
            process.arguments = ["--net", "--"] + command
        case .namespace(let peer):
            process.executableURL = URL(filePath: "/usr/bin/nsenter")
            process.arguments = peer.entering + command
        }
        process.environment = [:]
        let (inputPipe, outputPipe) = (Pipe(), Pipe())
        process.standardInput = inputPipe
        process.standardOutput = outputPipe
        input = inputPipe.fileHandleForWriting
        output = outputPipe.fileHandleForReading
        try process.run()
    }

    /// The arguments of `nsenter` that lead to where it is.
    var entering: [String] { ["--target", "\(process.processIdentifier)", "--net", "--"] }

    var processIdentifier: Int32 { process.processIdentifier }

    /// The next line it says, or what it said before it ended.
    ///
    /// Who never gets an answer itself says so after some seconds, so the wait has an end.
    func nextLine() async throws -> String {
        let output = output
        return try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global()
                .async {
                    continuation.resume(
                        with: Result {
                            var line = Data()
                            while let byte = try output.read(upToCount: 1)?.first, byte != UInt8(ascii: "\n") {
                                line.append(byte)
                            }
                            return String(decoding: line, as: UTF8.self)
                        }
                    )
                }
        }
    }

    /// Lets one that holds a connection go on.
    func goOn() throws {
        try input.write(contentsOf: Data("\n".utf8))
    }

    /// Ends it; its namespace goes with it.
    ///
    /// What is started by a thread that blocks signals starts with them blocked: only this one always arrives.
    func stop() {
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        // What is not closed here stays open for as long as the tests run.
        try? input.close()
    }
}
