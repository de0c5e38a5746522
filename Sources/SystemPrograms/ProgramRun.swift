internal import Glibc

/// How another program of this machine ended, and what it wrote.
package struct ProgramRun: Sendable {
    package let end: End
    package let output: String
    package let errors: String

    package enum End: Sendable, Equatable, CustomStringConvertible {
        case exited(Int32)
        case signalled(Int32)

        package var description: String {
            switch self {
            case .exited(let code): "code \(code)"
            case .signalled(let signal): "signal \(signal)"
            }
        }
    }

    /// What a program gets, and where its patience ends.
    package struct Limits: Sendable {
        /// Bytes of output, and as many of errors; who writes more is killed.
        package var output: Int
        /// From the start to the end of the program; who needs more is killed.
        package var time: Duration

        package init(output: Int = 1 << 20, time: Duration = .seconds(10)) {
            (self.output, self.time) = (output, time)
        }
    }

    package var isSuccess: Bool { end == .exited(0) }

    /// Where programs of the system are; `PATH` has no say, because this runs as root.
    private static let folders = ["/usr/sbin", "/sbin", "/usr/bin", "/bin"]

    /// The path of the system's program with this name.
    package static func path(ofSystemProgram name: String) -> String? {
        folders.lazy.map { "\($0)/\(name)" }.first { unsafe access($0, X_OK) == 0 }
    }

    /// Runs the program at `path` to its end, without a shell and with no environment but the one that is given.
    ///
    /// Who calls must ignore `SIGPIPE`, a program may end before it has read its input.
    ///
    /// `input` is what the program reads on its standard input.
    ///
    /// `isCalledOff` is asked a few times a second; once it says yes, the program is killed.
    ///
    /// - Throws: ``ProgramError`` when it cannot be run, does not keep to `limits`, or is called off.
    package init(
        _ path: String,
        _ arguments: [String],
        input: String = "",
        environment: [String: String] = [:],
        limits: Limits = Limits(),
        isCalledOff: () -> Bool = { false }
    ) throws(ProgramError) {
        let deadline = ContinuousClock.now.advanced(by: limits.time)
        var pipes = try ProgramPipes(program: path, input: input, outputLimit: limits.output)
        let child = try ChildProcess(path, arguments, environment: environment, pipes: pipes)
        pipes.closeChildEnds()
        do {
            try pipes.exchange(until: deadline, unless: isCalledOff)
            end = try child.waitForEnd(until: deadline, unless: isCalledOff)
        } catch {
            child.kill()
            throw error
        }
        output = String(decoding: pipes.output, as: UTF8.self)
        errors = String(decoding: pipes.errors, as: UTF8.self)
    }
}

/// Why a program did not run to its end.
package struct ProgramError: Error, CustomStringConvertible {
    package enum Code: Sendable, Equatable {
        case cannotStart
        case tooMuchOutput
        case timeout
        case calledOff
        case lost
    }

    package let code: Code
    package let program: String
    var errorNumber: Int32 = 0

    package var description: String {
        let name = program
        return switch code {
        case .cannotStart: "cannot run \(name): \(SystemError.text(errorNumber))"
        case .tooMuchOutput: "\(name) wrote more than is read, and was killed"
        case .timeout: "\(name) did not end in time, and was killed"
        case .calledOff: "\(name) was killed: what it was run for is not wanted any more"
        case .lost: "cannot tell how \(name) ended: \(SystemError.text(errorNumber))"
        }
    }
}
