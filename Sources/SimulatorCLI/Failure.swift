internal import ArgumentParser
internal import Foundation

/// Why the simulator could not do what it was asked to.
struct Failure: Error {
    let code: ExitCode
    let message: String

    init(_ code: ExitCode, _ message: String) {
        self.code = code
        self.message = message
    }

    /// Runs `body`; tells a person on stderr why it failed, and ends with the failure's exit code.
    static func reporting(_ body: () async throws -> Void) async throws {
        do {
            try await body()
        } catch let failure as Failure {
            StandardStream.error.write("ibm-cloud-simulator: \(failure.message)\n")
            throw failure.code
        } catch let code as ExitCode {
            throw code
        } catch {
            StandardStream.error.write("ibm-cloud-simulator: could not run the simulator: \(error)\n")
            throw ExitCode.unavailable
        }
    }
}

extension ExitCode {
    /// The simulator could not listen.
    static let unavailable = ExitCode(69)
    /// An option or a file is wrong.
    static let configuration = ExitCode(78)
    /// The command to run cannot be executed.
    static let notExecutable = ExitCode(126)
    /// The command to run was not found.
    static let notFound = ExitCode(127)
}

/// The two streams a command writes to, unbuffered.
enum StandardStream {
    case output
    case error

    func write(_ text: String) {
        let handle = self == .output ? FileHandle.standardOutput : FileHandle.standardError
        handle.write(Data(text.utf8))
    }
}
