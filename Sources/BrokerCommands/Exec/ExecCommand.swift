internal import ArgumentParser
internal import BrokerAPI
internal import Glibc
internal import JOSE
internal import SystemPrograms

/// `iam-broker exec`: a program with a token in its environment, or with an endpoint to get tokens at.
struct ExecCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "exec",
        abstract: "Run a program with an IAM token in its environment, or with a private endpoint to get tokens at.",
        discussion: """
            Without --endpoint the token is in IC_IAM_TOKEN and IBMCLOUD_IAM_TOKEN, or where --env says, and it is not \
            renewed: --expect warns when it may not last, --restart and --signal act when there is another one. With --endpoint \
            the program gets the address of an endpoint in IAM_BROKER_ENDPOINT, IBMCLOUD_CR_VPC_URL and the variables of \
            --service and --terraform, and no token. The exit code is the program's, or 128 and the signal's number. No core is \
            dumped of the program unless it raises its limit. Exit codes before it runs: 126 it cannot be run, 127 there is \
            none of this name.
            """
    )

    @Option(help: "The name of the trusted profile.")
    var profile = "default"

    @OptionGroup var staticToken: StaticTokenOptions
    @OptionGroup var endpoint: EndpointOptions
    @OptionGroup var renewal: RenewalOptions
    @OptionGroup var socket: WorkloadSocketOptions

    @Argument(parsing: .postTerminator, help: ArgumentHelp("The program and its arguments.", valueName: "command"))
    var command: [String]

    func validate() throws {
        guard !command.isEmpty else { throw ValidationError("name a program after --") }
        guard staticToken.expect == nil || (!endpoint.endpoint && renewal.action == .none) else {
            throw ValidationError("--expect is about one token: it does not go with --endpoint, --restart and --signal")
        }
        guard endpoint.endpoint else { return }
        guard staticToken.env.isEmpty else {
            throw ValidationError("--env is for a token, and with --endpoint there is none")
        }
        guard renewal.action == .none else {
            throw ValidationError("--endpoint needs neither --restart nor --signal: the program gets new tokens there")
        }
    }

    func run() async throws {
        guard endpoint.endpoint || renewal.action != .none else { return try await becomeTheProgram() }
        // Before anything of this process is open.
        let inheritance = try inheritance()
        var environment = ProgramEnvironment.ofThisProcess
        let token = try await AccessToken.of(profile, from: socket.client)
        if endpoint.endpoint {
            let endpoint = try await self.endpoint.variables(profile, token, socket.client, environment)
            endpoint.apply(to: &environment)
            let start = ProgramSupervisor.Start(words: command, inheritance: inheritance) { [environment] in environment
            }
            throw try await supervise(start, Supervision(.none, interval: .zero, now: .zero), isRenewed: { false })
        }
        throw try await superviseRenewing(token, environment, inheritance)
    }

    private func becomeTheProgram() async throws {
        let token = try await AccessToken.of(profile, from: socket.client)
        staticToken.warn(of: token)
        try staticToken.set(token)
        throw ProgramReplacement.become(command)
    }

    private func superviseRenewing(
        _ first: AccessToken,
        _ environment: ProgramEnvironment,
        _ inheritance: ForegroundProgram.Inheritance
    ) async throws -> ExitCode {
        let renewed = RenewedToken(first.token)
        let names = staticToken.names
        let start = ProgramSupervisor.Start(words: command, inheritance: inheritance) {
            var environment = environment
            // The token leaves the broker here.
            let token = renewed.take().exposed
            for name in names { environment[name] = token }
            return environment
        }
        let watch = RenewalWatch(profile, socket.client)
        // Unstructured: it belongs to the program that is about to run, and ends with this process.
        let watching = Task {
            try await watch.run(after: first) { token in
                renewed.replace(by: token.token)
                KeptSignals.wakeUp()
            }
        }
        defer { watching.cancel() }
        let supervision = Supervision(renewal.action, interval: renewal.interval, now: .zero)
        return try await supervise(start, supervision) { renewed.takeNews() }
    }

    private func supervise(
        _ start: ProgramSupervisor.Start,
        _ supervision: Supervision,
        isRenewed: @escaping @Sendable () -> Bool
    ) async throws -> ExitCode {
        try await OwnThread.run {
            // Until here a signal does to this process what it always does.
            let signals: KeptSignals
            do throws(SystemFailure) {
                signals = try KeptSignals(SignalRules.numbers)
            } catch {
                throw CommandFailure(.internalFailure, "cannot pass signals on to the program: \(error)")
            }
            return try ProgramSupervisor(start, signals, supervision, isRenewed: isRenewed).run()
        }
    }

    private func inheritance() throws(CommandFailure) -> ForegroundProgram.Inheritance {
        do {
            return try ForegroundProgram.Inheritance()
        } catch {
            throw CommandFailure(.internalFailure, "cannot tell which files the program inherits: \(error)")
        }
    }
}
