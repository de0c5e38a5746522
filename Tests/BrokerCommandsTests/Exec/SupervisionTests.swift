import Glibc
import SystemPrograms
import Testing

@testable import BrokerCommands

/// What becomes of a program that is looked after, in time that a test says.
@Suite struct SupervisionTests {
    private static let failed = ProgramRun.End.exited(3)

    private static func supervision(_ renewal: Supervision.Renewal) -> Supervision {
        Supervision(renewal, interval: .seconds(60), now: .zero)
    }

    /// Each state of a program that is restarted with 10 seconds of grace, or told by a signal, and how it came to that by
    /// second 100.
    private enum Situation: String, CaseIterable {
        case running
        case waiting
        case stopping
        case killed
        case ending
        case endingInRestart
        case over
        case told
        case toldAndAskedToEnd
        case toldAndOver

        var isTold: Bool { [.told, .toldAndAskedToEnd, .toldAndOver].contains(self) }

        var supervision: Supervision {
            var supervision = SupervisionTests.supervision(isTold ? .signal(SIGUSR1) : .restart(grace: .seconds(10)))
            switch self {
            case .running, .told: break
            case .waiting:
                // Restarted at second 95.
                _ = supervision.handle(.renewed, now: .seconds(60))
                _ = supervision.handle(.ended(.signalled(SIGTERM)), now: .seconds(95))
                _ = supervision.handle(.renewed, now: .seconds(96))
            case .stopping: _ = supervision.handle(.renewed, now: .seconds(95))
            case .killed:
                _ = supervision.handle(.renewed, now: .seconds(60))
                _ = supervision.handle(.timePassed, now: .seconds(70))
            case .ending, .toldAndAskedToEnd: _ = supervision.handle(.stopAsked, now: .seconds(50))
            case .endingInRestart:
                _ = supervision.handle(.renewed, now: .seconds(95))
                _ = supervision.handle(.stopAsked, now: .seconds(96))
            case .over, .toldAndOver: _ = supervision.handle(.ended(.exited(0)), now: .seconds(50))
            }
            return supervision
        }
    }

    private typealias Row = (
        renewed: Supervision.Action?, passed: Supervision.Action?, stopAsked: Supervision.Action?,
        ended: Supervision.Action?
    )

    /// What each event means in each state, at second 100.
    private static let table: [Situation: Row] = [
        .running: (.send(SIGTERM), nil, nil, .finish(failed)),
        .waiting: (nil, nil, nil, .finish(failed)),
        .stopping: (nil, nil, nil, .start),
        .killed: (nil, nil, nil, .start),
        .ending: (nil, nil, nil, .finish(failed)),
        .endingInRestart: (nil, nil, nil, .finish(failed)),
        .over: (nil, nil, nil, nil),
        .told: (.send(SIGUSR1), nil, nil, .finish(failed)),
        // It caught what asked it to end, and still needs to know.
        .toldAndAskedToEnd: (.send(SIGUSR1), nil, nil, .finish(failed)),
        .toldAndOver: (nil, nil, nil, nil),
    ]

    @Test(arguments: Situation.allCases)
    private func everyEventHasItsMeaningInEveryState(situation: Situation) throws {
        let row = try #require(Self.table[situation])
        for (event, action) in [
            (Supervision.Event.renewed, row.renewed), (.timePassed, row.passed), (.stopAsked, row.stopAsked),
            (.ended(Self.failed), row.ended),
        ] {
            var supervision = situation.supervision
            #expect(supervision.handle(event, now: .seconds(100)) == action, "\(event)")
        }
    }

    @Test(arguments: [
        (Situation.running, nil), (.waiting, 155), (.stopping, 105), (.killed, nil), (.ending, nil),
        (.endingInRestart, 105), (.over, nil), (.told, nil), (.toldAndAskedToEnd, nil), (.toldAndOver, nil),
    ])
    private func itIsWokenWhenThereIsSomethingToDo(situation: Situation, second: Int?) {
        #expect(situation.supervision.wakeUp == second.map { .seconds($0) })
    }

    @Test(
        arguments: [
            (Situation.waiting, 154, nil), (.waiting, 155, .send(SIGTERM)), (.stopping, 104, nil),
            (.stopping, 105, .send(SIGKILL)),
            (.endingInRestart, 104, nil), (.endingInRestart, 105, .send(SIGKILL)), (.killed, 1_000, nil),
            (.ending, 1_000, nil),
        ] as [(Situation, Int, Supervision.Action?)]
    )
    private func timesAreKeptToTheSecond(situation: Situation, second: Int, action: Supervision.Action?) {
        var supervision = situation.supervision
        #expect(supervision.handle(.timePassed, now: .seconds(second)) == action)
        #expect(supervision.handle(.timePassed, now: .seconds(second)) == nil)
    }

    @Test func whatIsRenewedTooSoonCountsOnce() {
        var supervision = Self.supervision(.signal(SIGUSR1))
        for second in [1, 2, 59] { #expect(supervision.handle(.renewed, now: .seconds(second)) == nil) }
        #expect(supervision.wakeUp == .seconds(60))
        #expect(supervision.handle(.timePassed, now: .seconds(60)) == .send(SIGUSR1))
        #expect(supervision.wakeUp == nil)
        #expect(supervision.handle(.timePassed, now: .seconds(120)) == nil)
        #expect(supervision.handle(.renewed, now: .seconds(121)) == .send(SIGUSR1))
    }

    @Test func aRestartBeginsTheIntervalAnew() {
        var supervision = Self.supervision(.restart(grace: .seconds(10)))
        #expect(supervision.handle(.renewed, now: .seconds(60)) == .send(SIGTERM))
        #expect(supervision.handle(.ended(.exited(0)), now: .seconds(65)) == .start)
        #expect(supervision.handle(.renewed, now: .seconds(124)) == nil)
        #expect(supervision.handle(.timePassed, now: .seconds(125)) == .send(SIGTERM))
    }

    @Test func whoWasAskedToEndIsNotStartedAnyMore() {
        var supervision = Self.supervision(.restart(grace: .seconds(10)))
        #expect(supervision.handle(.stopAsked, now: .seconds(60)) == nil)
        #expect(supervision.handle(.renewed, now: .seconds(61)) == nil)
        #expect(supervision.wakeUp == nil)
        #expect(supervision.handle(.ended(.signalled(SIGTERM)), now: .seconds(62)) == .finish(.signalled(SIGTERM)))
    }

    @Test func whoWasAskedToEndAndRunsOnIsToldWhenItIsDue() {
        var supervision = Self.supervision(.signal(SIGUSR1))
        #expect(supervision.handle(.renewed, now: .seconds(30)) == nil)
        #expect(supervision.handle(.stopAsked, now: .seconds(31)) == nil)
        #expect(supervision.wakeUp == .seconds(60))
        #expect(supervision.handle(.timePassed, now: .seconds(60)) == .send(SIGUSR1))
    }

    @Test func anEndpointsProgramIsLeftAlone() {
        var supervision = Self.supervision(.none)
        #expect(supervision.handle(.renewed, now: .seconds(100)) == nil)
        #expect(supervision.wakeUp == nil)
    }
}
