import Glibc
import Testing

@testable import BrokerCommands

/// Which stops of a program that is looked after stop its keeper.
@Suite struct JobControlTests {
    private enum Event: Sendable {
        case asked
        case stopped(Int32)
        /// The keeper was continued.
        case continuationAsked
        /// The program was continued.
        case continued
    }

    /// What came, and whether the keeper stops at each.
    @Test(
        arguments: [
            ([.stopped(SIGTSTP)], [true]), ([.stopped(SIGTTIN)], [true]), ([.stopped(SIGTTOU)], [true]),
            // Somebody stopped the program alone.
            ([.stopped(SIGSTOP)], [false]),
            // A program stops itself in its own way when it is asked to: both orders.
            ([.asked, .stopped(SIGSTOP)], [false, true]), ([.stopped(SIGSTOP), .asked], [false, true]),
            ([.asked, .stopped(SIGTSTP)], [false, true]),
            // The request for a stop that has stopped both already.
            ([.stopped(SIGTSTP), .asked], [true, false]), ([.stopped(SIGSTOP), .asked, .asked], [false, true, false]),
            ([.asked, .stopped(SIGSTOP), .asked], [false, true, false]),
            // The next time is like the first.
            (
                [.stopped(SIGSTOP), .asked, .continued, .stopped(SIGSTOP), .asked], [false, true, false, false, true]
            ),
            ([.stopped(SIGTSTP), .continued, .stopped(SIGSTOP)], [true, false, false]),
            // A request that is read late does not count for a later stop.
            (
                [.stopped(SIGTSTP), .continued, .asked, .continuationAsked, .stopped(SIGSTOP)],
                [true, false, false, false, false]
            ),
            ([.asked, .continued, .stopped(SIGSTOP)], [false, false, false]),
            // The continuation of the first stop was not seen before the second.
            ([.stopped(SIGTSTP), .stopped(SIGSTOP), .asked], [true, false, true]),
        ] as [([Event], [Bool])]
    )
    private func theKeeperStopsOnceForEachStopThatIsItsOwn(events: [Event], stops: [Bool]) {
        var jobControl = JobControl()
        let answers = events.map { event in
            switch event {
            case .asked: return jobControl.stopAsked()
            case .stopped(let signal): return jobControl.stopped(by: signal)
            case .continuationAsked: _ = jobControl.continuationAsked()
            case .continued: jobControl.continued()
            }
            return false
        }
        #expect(answers == stops)
    }

    @Test func theProgramIsStoppedUntilItIsContinued() {
        var jobControl = JobControl()
        #expect(!jobControl.isStopped)
        for signal in [SIGSTOP, SIGTSTP] {
            _ = jobControl.stopped(by: signal)
            #expect(jobControl.isStopped)
            _ = jobControl.continuationAsked()
            #expect(jobControl.isStopped)
            jobControl.continued()
            #expect(!jobControl.isStopped)
        }
    }

    /// A shell continued both, and the terminal stopped the program again before anybody looked.
    @Test func aContinuationOfAnEarlierStopDoesNotEndThisOne() {
        var jobControl = JobControl()
        _ = jobControl.stopped(by: SIGTSTP)
        let stopsBoth = jobControl.stopped(by: SIGSTOP)
        let isForThisStop = jobControl.continuationAsked()
        #expect(!stopsBoth && !isForThisStop)
        // The request for it comes last.
        let stopsNow = jobControl.stopAsked()
        #expect(stopsNow && jobControl.isStopped)
        let isNext = jobControl.continuationAsked()
        #expect(isNext)
    }
}
