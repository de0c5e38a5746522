import KeyRotation
import Testing

/// Each call of a rotation is answered in each way that a service can answer, once and from then on.
struct EveryAnswerTests {
    @Test(arguments: ProofWorld.Case.all)
    func everyAnswerToEveryCallEndsWellOrSaysWhatToDo(_ theCase: ProofWorld.Case) async throws {
        let quiet = Saboteur(call: -1, answer: .refused, isForGood: false)
        let plain = try #require(
            ProofWorld(theCase, issuerHooks: quiet.issuerHooks, sinkHooks: quiet.sinkHooks)
        )
        #expect(await plain.run() == .finished)
        var (runs, halts, problems) = (0, 0, [String]())
        for call in quiet.kinds.indices {
            for answer in FaultyAnswer.allCases {
                for isForGood in [false, true] {
                    let saboteur = Saboteur(call: call, answer: answer, isForGood: isForGood)
                    let world = try #require(
                        ProofWorld(theCase, issuerHooks: saboteur.issuerHooks, sinkHooks: saboteur.sinkHooks)
                    )
                    let end = await world.run()
                    runs += 1
                    // A service that makes everything twice makes two keys for each that is asked for.
                    var found = world.invariants(after: end, mostCreations: answer == .duplicate ? 4 : 2)
                    switch end {
                    case .finished, .alike: break
                    case .halted(let reason):
                        halts += 1
                        if !reason.contains("run: iam-broker rotation"), !reason.contains("with: iam-broker rotation") {
                            found.append("no command to go on with: \(reason)")
                        }
                        saboteur.stop()
                        let resumed = try await world.resume()
                        if resumed != .finished { found.append("when it was mended, it ended \(resumed)") }
                        found += world.invariants(after: resumed, mostCreations: answer == .duplicate ? 4 : 2)
                    case .endless: found.append("it goes on for ever")
                    }
                    if !found.isEmpty {
                        let kind = quiet.kinds[call]
                        let often = isForGood ? "for good" : "once"
                        problems.append(
                            "\(answer.rawValue) to \(kind) (\(call)) \(often): \(found.joined(separator: "; "))"
                        )
                    }
                }
            }
        }
        print("every answer: \(theCase.testDescription): \(quiet.kinds.count) calls, \(runs) runs, \(halts) halts")
        #expect(problems.isEmpty, "\(problems.count) of \(runs): \(problems.prefix(12).joined(separator: "\n"))")
        #expect(runs == quiet.kinds.count * FaultyAnswer.allCases.count * 2)
    }
}
