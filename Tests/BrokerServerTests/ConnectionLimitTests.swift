import Glibc
import Testing
import WorkloadAttestation

@testable import BrokerServer

@Suite(.timeLimit(.minutes(2)))
struct ConnectionLimitTests {
    @Test(arguments: [
        (2, 10, "all 2 connections to this socket are taken; try again"),
        (10, 2, "user \(getuid()) holds 2 connections to this socket already; close some"),
    ])
    func aConnectionTooManyIsToldSoAndClosedAndPlacesAreGivenBack(total: Int, user: Int, message: String) async throws {
        let world = try World()
        var limits = ConnectionLimits()
        (limits.connections, limits.connectionsPerUser) = (total, user)
        try await world.serving(limits) {
            let first = try await served(world)
            let second = try await served(world)
            let third = try await world.client()
            let refusal = try await third.answer()
            #expect(refusal.status == 503)
            #expect(refusal["Connection"] == ["close"])
            #expect(refusal.body == #"{"error":{"code":"too_many_connections","message":"\#(message)"}}"#)
            #expect(try await third.end().isEmpty)
            // The server closes this one, so its place is free when the end is seen.
            first.send(get("/v1/profiles", ["Connection: close"]))
            #expect(try await first.answer().status == 200)
            #expect(try await first.end().isEmpty)
            let fourth = try await served(world)
            await second.close()
            await fourth.close()
        }
    }

    @Test func aPlaceIsTakenAndGivenBackByUser() {
        var limits = ConnectionLimits()
        (limits.connections, limits.connectionsPerUser) = (3, 2)
        let count = ConnectionCount(limits)
        #expect(count.enter(.user(1)) == nil)
        #expect(count.enter(.user(1)) == nil)
        #expect(count.enter(.user(1)) != nil)
        #expect(count.absence == nil)
        #expect(count.enter(.user(2)) == nil)
        #expect(count.absence == "all 3 connections to this socket are taken; try again")
        #expect(count.enter(.user(3)) == "all 3 connections to this socket are taken; try again")
        count.leave(.user(1))
        #expect(count.absence == nil)
        #expect(count.enter(.user(3)) == nil)
        count.leave(.user(2))
        #expect(count.enter(.user(1)) == nil)
    }

    /// Whoever is not in the daemon's network namespace may be anyone: no stranger may lock out the others, or a user.
    @Test func strangersAreCountedByAddressAndHaveHalfOfThePlaces() {
        var limits = ConnectionLimits()
        (limits.connections, limits.connectionsPerUser, limits.connectionsPerAddress) = (8, 8, 2)
        let count = ConnectionCount(limits)
        let (first, second, third) = (
            QuotaKey.address([10, 0, 0, 1]), QuotaKey.address([10, 0, 0, 2]), QuotaKey.unknown
        )
        for key in [first, first, second] { #expect(count.enter(key) == nil) }
        #expect(count.enter(first) == "the address 10.0.0.1 holds 2 connections to this socket already; close some")
        #expect(count.enter(third) == nil)
        let taken = "all connections to this socket that are for containers and strangers are taken; try again"
        #expect(count.enter(second) == taken)
        for _ in 0..<4 { #expect(count.enter(.user(1)) == nil) }
        #expect(count.enter(.user(1)) == "all 8 connections to this socket are taken; try again")
        count.leave(.user(1))
        #expect(count.enter(second) == taken)
        count.leave(first)
        #expect(count.enter(second) == nil)
    }

    /// A client whose connection has a place: it was answered.
    private func served(_ world: World) async throws -> WireClient {
        let client = try await world.client()
        client.send(get("/v1/profiles"))
        #expect(try await client.answer().status == 200)
        return client
    }
}
