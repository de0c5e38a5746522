import KeyRotation
import Synchronization
import Testing

/// The process dies before and after every write of the journal and every call, and again in the life after that.
struct CrashPointTests {
    @Test(arguments: ProofWorld.Case.all)
    func everyDeathAndEveryDeathAfterItLosesNothing(_ theCase: ProofWorld.Case) async throws {
        var (runs, alike, problems) = (0, 0, [String]())
        func run(_ moments: [Int], _ left: inout ProofWorld.Remains?) async throws -> Int? {
            let world = try #require(ProofWorld(theCase, deaths: moments))
            let known = left
            left = nil
            let end = await world.run(unless: known, left: &left)
            if end == .alike { return nil }
            runs += 1
            let found = world.invariants(after: end) + (end == .finished ? [] : ["it ended \(end)"])
            if !found.isEmpty {
                problems.append("deaths at \(moments): \(found.joined(separator: "; "))")
            }
            return world.deaths.moments
        }
        var nothing: ProofWorld.Remains?
        let moments = try #require(try await run([], &nothing))
        var (left, before): (ProofWorld.Remains?, Int) = (nil, 0)
        for first in 0..<moments {
            // A death after a call leaves what one before the next entry leaves, and so does all that follows.
            guard let after = try await run([first], &left) else {
                alike += before
                continue
            }
            var second = left
            before = 1
            for moment in (first + 1)..<max(first + 1, after) {
                before += 1
                if try await run([first, moment], &second) == nil { alike += 1 }
            }
        }
        print(
            "crash points: \(theCase.testDescription): \(moments) moments, \(runs + alike) runs, of which \(alike) were left "
                + "with the same as one that died a moment before"
        )
        #expect(problems.isEmpty, "\(problems.count) of \(runs): \(problems.prefix(5).joined(separator: "\n"))")
        #expect(runs + alike > moments * moments / 2)
        #expect(runs > moments * moments / 16)
    }
}
