import Glibc
import SystemPrograms
import Testing

@testable import BrokerCommands

/// Which signals reach a program that is looked after.
@Suite struct SignalRulesTests {
    private static let program: pid_t = 100

    private func isForwarded(_ number: Int32, _ origin: KeptSignals.Origin, leader: Bool, stopped: Bool) -> Bool {
        SignalRules(isSessionLeader: leader)
            .isForwarded(.init(number, from: origin), to: Self.program, isStopped: stopped)
    }

    @Test(arguments: [SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGWINCH, SIGTSTP])
    func aProcessSendsToTheProgramUnlessItIsTheProgram(number: Int32) {
        #expect(isForwarded(number, .process(7), leader: false, stopped: false))
        // The other side of a PID namespace.
        #expect(isForwarded(number, .process(0), leader: false, stopped: false))
        #expect(!isForwarded(number, .process(Self.program), leader: false, stopped: false))
    }

    @Test(arguments: [SIGINT, SIGQUIT, SIGTSTP, SIGWINCH])
    func whatATerminalSendsIsNotSentTwice(number: Int32) {
        for leader in [false, true] { #expect(!isForwarded(number, .kernel, leader: leader, stopped: false)) }
    }

    @Test func onlyALeaderPassesALostTerminalOn() {
        #expect(!isForwarded(SIGHUP, .kernel, leader: false, stopped: false))
        #expect(isForwarded(SIGHUP, .kernel, leader: true, stopped: false))
    }

    @Test func onlyAStoppedProgramIsContinued() {
        #expect(isForwarded(SIGCONT, .process(7), leader: false, stopped: true))
        #expect(!isForwarded(SIGCONT, .process(7), leader: false, stopped: false))
    }

    @Test func wakeUpsAndChildrenAreNobodysSignals() {
        #expect(!SignalRules(isSessionLeader: true).isForwarded(.init(nil, from: .process(0)), to: 1, isStopped: true))
        #expect(!isForwarded(SIGCHLD, .process(7), leader: false, stopped: false))
    }

    @Test func fourSignalsAskForTheEnd() {
        let asking = SignalRules.numbers.filter { SignalRules.asksToEnd(.init($0, from: .process(7))) }
        #expect(asking == [SIGTERM, SIGINT, SIGQUIT])
        #expect(SignalRules.asksToEnd(.init(SIGHUP, from: .kernel)))
        #expect(SignalRules.asksToEnd(.init(SIGINT, from: .kernel)))
    }
}
