import KeyRotation
import Synchronization
import Testing

/// The process dies before and after every write of the journal and every call, and again in the life after that.
struct CrashPointTests {
    @Test(arguments: ProofWorld.Case.all)
    func everyDeathAndEveryDeathAfterItLosesNothing(_ theCase: ProofWorld.Case) async throws {
        var (runs, problems) = (0, [String]())
        func run(_ moments: [Int]) async throws -> Int {
            let world = try #require(ProofWorld(theCase, deaths: moments))
            let end = await world.run()
            runs += 1
            let found = world.invariants(after: end) + (end == .finished ? [] : ["it ended \(end)"])
            if !found.isEmpty {
                problems.append("deaths at \(moments): \(found.joined(separator: "; "))")
            }
            return world.deaths.moments
        }
        let moments = try await run([])
        for first in 0..<moments {
            let after = try await run([first])
            for second in (first + 1)..<max(first + 1, after) { _ = try await run([first, second]) }
        }
        print("crash points: \(theCase.testDescription): \(moments) moments, \(runs) runs")
        #expect(problems.isEmpty, "\(problems.count) of \(runs): \(problems.prefix(5).joined(separator: "\n"))")
        #expect(runs > moments * moments / 2)
    }
}
