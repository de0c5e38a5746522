internal import ArgumentParser
internal import Glibc
internal import SystemPrograms

/// Runs a program and stays with it to its end: passes signals on, stops when it stops, starts it anew.
///
/// All of it happens on the one thread that calls ``run()``: the program ends when that thread does.
final class ProgramSupervisor {
    /// What the program is started with, each time.
    struct Start: Sendable {
        let words: [String]
        let inheritance: ForegroundProgram.Inheritance
        let environment: @Sendable () -> ProgramEnvironment
    }

    private let start: Start
    private let signals: KeptSignals
    private let isRenewed: @Sendable () -> Bool
    private let rules = SignalRules(isSessionLeader: getsid(0) == getpid())
    private let origin = ContinuousClock.now
    private var supervision: Supervision
    private var jobControl = JobControl()

    /// - Parameters:
    ///   - start: what the program is.
    ///   - signals: those of ``SignalRules``.
    ///   - supervision: fresh, at time zero.
    ///   - isRenewed: whether there is another token than when it was last asked; asked after each wake-up.
    init(
        _ start: Start,
        _ signals: KeptSignals,
        _ supervision: Supervision,
        isRenewed: @escaping @Sendable () -> Bool
    ) {
        (self.start, self.signals, self.supervision, self.isRenewed) = (start, signals, supervision, isRenewed)
    }

    private var now: Duration { ContinuousClock.now - origin }

    /// Starts the program, and blocks until it has ended for good.
    ///
    /// - Returns: the exit code that stands for its end; or for that it could not be started, which has been said.
    func run() throws(CommandFailure) -> ExitCode {
        do throws(SystemFailure) {
            try signals.unblock()
            return try supervise()
        } catch {
            throw CommandFailure(.internalFailure, "cannot look after the program: \(error)")
        }
    }

    private func supervise() throws(SystemFailure) -> ExitCode {
        // Each turn of the outer loop is one run of the program.
        while true {
            let program: ForegroundProgram
            do throws(SystemFailure) {
                program = try ForegroundProgram(start.words, environment: start.environment(), start.inheritance)
            } catch {
                return ProgramNotRun.report(start.words[0], error.errorNumber)
            }
            jobControl = JobControl()
            let end = try lookAfter(program)
            if case .finish(let end) = supervision.handle(.ended(end), now: now) { return Self.exitCode(end) }
        }
    }

    /// Blocks until the program has ended.
    private func lookAfter(_ program: ForegroundProgram) throws(SystemFailure) -> ProgramRun.End {
        while true {
            // What happened to the program comes first: no signal is sent to what is no more.
            if let end = try settle(program) { return end }
            if let event = try signals.next() {
                // Who continues the whole group continues the program a moment after this process. Sent on, the signal would come
                // later still, and take back a stop that was asked for meanwhile.
                if event.number == SIGCONT, let end = try settle(program) { return end }
                take(event, program)
                continue
            }
            if isRenewed() { perform(supervision.handle(.renewed, now: now), program) }
            perform(supervision.handle(.timePassed, now: now), program)
            try signals.wait(limit: supervision.wakeUp.map { $0 - now })
        }
    }

    private func settle(_ program: ForegroundProgram) throws(SystemFailure) -> ProgramRun.End? {
        while let change = try program.nextChange() {
            switch change {
            case .ended(let end): return end
            case .continued: jobControl.continued()
            case .stopped(let signal):
                if jobControl.stopped(by: signal) { stopThisProcess() }
            }
        }
        return nil
    }

    private func take(_ event: KeptSignals.Event, _ program: ForegroundProgram) {
        // Whoever continued the program before its present stop must not end that one.
        if event.number == SIGCONT, !jobControl.continuationAsked() { return }
        if SignalRules.asksToEnd(event) { _ = supervision.handle(.stopAsked, now: now) }
        if let number = event.number, rules.isForwarded(event, to: program.id, isStopped: jobControl.isStopped) {
            program.send(number)
        }
        // After it was sent on: the continuation that ends this stop then takes it back.
        if event.number == SIGTSTP, jobControl.stopAsked() { stopThisProcess() }
    }

    /// Goes on behind this call when somebody continues this process.
    private func stopThisProcess() { _ = kill(getpid(), SIGSTOP) }

    private func perform(_ action: Supervision.Action?, _ program: ForegroundProgram) {
        // The other two follow from the end of the program alone.
        if case .send(let signal) = action { program.send(signal) }
    }

    /// As shells have it.
    private static func exitCode(_ end: ProgramRun.End) -> ExitCode {
        switch end {
        case .exited(let code): ExitCode(code)
        case .signalled(let signal): ExitCode(128 + signal)
        }
    }
}

/// What is said of a program that cannot be run.
enum ProgramNotRun {
    /// - Returns: what the command ends with, as shells have it.
    static func report(_ program: String, _ errorNumber: Int32) -> ExitCode {
        StandardError.write("cannot run \(TerminalText.quoting(program)): \(SystemError.text(errorNumber))")
        return ExitCode(errorNumber == ENOENT ? 127 : 126)
    }
}
