import BrokerTesting
import Testing
import TokenBroker

@Suite struct ScriptTests {
    private static let refusal = AcquisitionError(.forbidden, "no")

    @Test func answersComeInTheOrderOfTheScript() async throws {
        let script = Script<Int, String>([.success("a"), .failure(Self.refusal)]) { .success("later \($0)") }
        script.append(.success("c"))
        #expect(try await script.answer(to: 1) == "a")
        await #expect(throws: Self.refusal) { try await script.answer(to: 2) }
        #expect(try await script.answer(to: 3) == "c")
        #expect(try await script.answer(to: 4) == "later 4")
        #expect(script.calls == [1, 2, 3, 4])
    }

    @Test func heldCallsGoWhenTheyAreReleased() async throws {
        let script = Script<Int, String>([.success("a"), .success("b"), .success("c")])
        script.hold()
        async let first = script.answer(to: 1)
        await script.arrivals(1)
        async let second = script.answer(to: 2)
        await script.arrivals(2)
        #expect(script.heldCount == 2)
        script.releaseOne()
        #expect(try await first == "a")
        #expect(script.heldCount == 1)
        script.release()
        #expect(try await second == "b")
        #expect(try await script.answer(to: 3) == "c")
    }

    @Test func aHeldCallEndsWhenItIsCancelled() async throws {
        let script = Script<Int, String>([.success("a")])
        script.hold()
        let call = Task { try await script.answer(to: 1) }
        await script.arrivals(1)
        call.cancel()
        let error = await #expect(throws: AcquisitionError.self) { try await call.value }
        #expect(error?.code == .unreachable)
        #expect(script.heldCount == 0)
    }
}
