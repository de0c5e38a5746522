import Foundation
import Testing

/// A year of schedules in virtual time, with outages, deaths and days without the daemon.
struct YearTests {
    @Test func aYearOfAllKindsOfPlansAsksForWhatTheCalendarSaysAndLosesNoKey() async throws {
        let began = ContinuousClock.now
        var (rotations, outages, deaths, refused) = (0, 0, 0, 0)
        for plan in YearPlan.all {
            let run = try YearRun(plan, seed: "2027")
            try await run.run()
            #expect(run.finish() == [], "\(plan.testDescription)")
            #expect(run.rotations > 8, "\(plan.testDescription)")
            rotations += run.rotations
            outages += run.outages
            deaths += run.deaths
            refused += run.refused
        }
        let seconds = (ContinuousClock.now - began).components.seconds
        print(
            "a year: \(YearPlan.all.count) plans, \(rotations) rotations, \(outages) outages, \(deaths) deaths, "
                + "in \(seconds) seconds"
        )
        #expect(deaths > 200)
        #expect(refused > 50)
    }
}
