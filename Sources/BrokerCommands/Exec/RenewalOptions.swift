internal import ArgumentParser

/// What happens to the program when its token was renewed.
struct RenewalOptions: ParsableArguments {
    @Flag(help: "Restart the program when there is another token, with that in its environment.")
    var restart = false

    @Option(
        help: ArgumentHelp("Send the program this signal when there is another token.", valueName: "name")
    )
    var signal: SignalName?

    @Option(
        help: ArgumentHelp(
            "At least so many seconds are between two restarts or signals. (default: 60)",
            valueName: "s"
        )
    )
    var every: Int?

    @Option(
        help: ArgumentHelp(
            "How many seconds the program has to end after SIGTERM, before a restart kills it. (default: 10)",
            valueName: "s"
        )
    )
    var grace: Int?

    func validate() throws {
        guard !restart || signal == nil else { throw ValidationError("give --restart or --signal, not both") }
        guard every == nil || restart || signal != nil else {
            throw ValidationError("--every goes with --restart and --signal")
        }
        guard grace == nil || restart else { throw ValidationError("--grace goes with --restart") }
        if let every, !(1...86_400).contains(every) { throw ValidationError("--every must be from 1 to 86400 seconds") }
        if let grace, !(0...86_400).contains(grace) { throw ValidationError("--grace must be from 0 to 86400 seconds") }
    }

    var action: Supervision.Renewal {
        if let signal { return .signal(signal.number) }
        return restart ? .restart(grace: .seconds(grace ?? 10)) : .none
    }

    var interval: Duration { .seconds(every ?? 60) }
}
