internal import ArgumentParser
internal import BrokerAPI
internal import Glibc
internal import JOSE
internal import SystemPrograms

/// `iam-broker exec`: a program with a token in its environment.
struct ExecCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "exec",
        abstract: "Run a program with an IAM token in its environment.",
        discussion: """
            The program takes the place of iam-broker: terminal, signals and exit code are its own. Without --env the token is \
            in IC_IAM_TOKEN and IBMCLOUD_IAM_TOKEN. It is not renewed: --expect warns when it may not last. No core is dumped \
            of the program. Exit codes before it runs: 126 it cannot be run, 127 there is none of this name.
            """
    )

    @Option(help: "The name of the trusted profile.")
    var profile = "default"

    @Option(help: ArgumentHelp("A variable that gets the token. Can be repeated.", valueName: "name"))
    var env: [String] = []

    @Option(
        help: ArgumentHelp(
            "How many seconds the program is expected to run: warns when the token ends before.",
            valueName: "s"
        )
    )
    var expect: Int?

    @OptionGroup var socket: WorkloadSocketOptions

    @Argument(parsing: .postTerminator, help: ArgumentHelp("The program and its arguments.", valueName: "command"))
    var command: [String]

    func validate() throws {
        guard !command.isEmpty else { throw ValidationError("name a program after --") }
        if let name = env.first(where: { !VariableName.isOne($0) }) {
            throw ValidationError("--env \(TerminalText.quoting(name)) is no name that a variable may have")
        }
        if let expect, expect < 0 { throw ValidationError("--expect must not be negative") }
    }

    func run() async throws {
        let token = try await AccessToken.of(profile, from: socket.client)
        if let expect, token.expiresIn < expect {
            StandardError.write(
                "warning: the token ends in \(TimeInWords.short(seconds: token.expiresIn)), and the program is expected to run for "
                    + TimeInWords.short(seconds: expect)
            )
        }
        for name in env.isEmpty ? ["IC_IAM_TOKEN", "IBMCLOUD_IAM_TOKEN"] : env {
            guard unsafe setenv(name, token.token.exposed, 1) == 0 else {
                throw CommandFailure(.internalFailure, "cannot set \(name): \(SystemError.text(errno))")
            }
        }
        throw replaceProcess()
    }

    /// Runs the program in this process; returns only when that fails.
    private func replaceProcess() -> ExitCode {
        let program = command[0]
        guard Self.forbidCores() else {
            StandardError.write("cannot forbid cores of the program: \(SystemError.text(errno))")
            return .internalFailure
        }
        // This program ignores it, and what is ignored stays ignored. This thread is one of a pool, where signals are blocked,
        // and what is blocked stays blocked.
        signal(SIGPIPE, SIG_DFL)
        var none = sigset_t()
        guard unsafe sigemptyset(&none) == 0, unsafe pthread_sigmask(SIG_SETMASK, &none, nil) == 0 else {
            StandardError.write("cannot let signals through to the program: \(SystemError.text(errno))")
            return .internalFailure
        }
        var words = unsafe command.map { unsafe strdup($0) }
        unsafe words.append(nil)
        _ = unsafe execvp(program, &words)
        let error = errno
        for index in unsafe words.indices { unsafe free(words[index]) }
        StandardError.write("cannot run \(TerminalText.quoting(program)): \(SystemError.text(error))")
        return ExitCode(error == ENOENT ? 127 : 126)
    }

    /// A core would hold the token.
    ///
    /// One byte is too little for a core in a file, and a core that is piped to a program (core(5)) is not made for this limit
    /// either, unlike for 0.
    private static func forbidCores() -> Bool {
        var limit = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &limit) == 0 else { return false }
        limit.rlim_cur = min(1, limit.rlim_max)
        return unsafe setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &limit) == 0
    }
}
