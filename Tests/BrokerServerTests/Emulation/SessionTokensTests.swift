import AccessPolicy
import BrokerTesting
import JOSE
import Testing

@testable import BrokerServer

struct SessionTokensTests {
    private let time = ManualTime()
    private let workload = Workload(processID: 7, userID: 1_000)

    @Test func aTokenIsGoodForItsWorkloadUntilItsEnd() throws {
        let sessions = SessionTokens(time: time)
        let token = try sessions.token(for: workload, lifetime: 300)
        #expect(try sessions.accepts(token, from: workload))
        time.advance(by: .seconds(299))
        #expect(try sessions.accepts(token, from: workload))
        time.advance(by: .seconds(1))
        #expect(try !sessions.accepts(token, from: workload))
    }

    @Test func anotherProcessOfTheSameWorkloadMayUseIt() throws {
        let sessions = SessionTokens(time: time)
        let token = try sessions.token(for: workload, lifetime: 300)
        #expect(try sessions.accepts(token, from: Workload(processID: 8, userID: 1_000)))
    }

    @Test func anotherUserServiceOrContainerMayNot() throws {
        let sessions = SessionTokens(time: time)
        let token = try sessions.token(for: workload, lifetime: 300)
        var service = workload
        service.unit = .known("other.service")
        var container = workload
        container.container = .known(String(repeating: "a", count: 64))
        for other in [Workload(processID: 7, userID: 1_001), service, container] {
            #expect(try !sessions.accepts(token, from: other))
        }
    }

    @Test func aTokenFromBeforeARestartIsRefused() throws {
        let token = try SessionTokens(time: time).token(for: workload, lifetime: 300)
        #expect(try !SessionTokens(time: time).accepts(token, from: workload))
    }

    @Test func everyShorterLongerOrChangedTokenIsRefused() throws {
        let sessions = SessionTokens(time: time)
        let token = try sessions.token(for: workload, lifetime: 300)
        for length in 0..<token.count { #expect(try !sessions.accepts(String(token.prefix(length)), from: workload)) }
        for suffix in ["A", "=", " ", ".a"] { #expect(try !sessions.accepts(token + suffix, from: workload)) }
        for index in token.indices {
            var changed = token
            changed.replaceSubrange(index...index, with: token[index] == "A" ? "B" : "A")
            #expect(try !sessions.accepts(changed, from: workload))
        }
    }

    @Test func aTokenIsNoneThatIBMWouldTake() throws {
        let token = try SessionTokens(time: time).token(for: workload, lifetime: 300)
        #expect(throws: (any Error).self) { try UnverifiedToken(compact: token).decoded() }
    }

    @Test func twoTokensOfOneMomentDiffer() throws {
        let sessions = SessionTokens(time: time)
        let tokens = Set(try (0..<100).map { _ in try sessions.token(for: workload, lifetime: 300) })
        #expect(tokens.count == 100)
    }
}
