import AccessPolicy
import BrokerTesting
import FoundationEssentials
import Glibc
import Testing
import TokenBroker

@testable import BrokerServer

/// Locks over both sockets.
@Suite(.timeLimit(.minutes(2)))
struct LockRouteTests {
    private static let start = Int(ManualTime.start.timeIntervalSince1970)
    private static let lock = #""by":\#(getuid()),"since":\#(start)"#
    private static let lockOfReports = #"{"by":\#(getuid()),"name":"reports","since":\#(start)}"#

    @Test(arguments: [
        ("?profile=reports", #"{"profiles":[\#(lockOfReports)]}"#), ("", #"{"all":{\#(lock)},"profiles":[]}"#),
    ])
    func aLockedProfileIsRefusedOnEveryPathUntilItIsUnlocked(query: String, body: String) async throws {
        let world = try World()
        try await world.warm()
        try await serving(world) { admin, workload in
            // The connection has its token prepared.
            workload.send(hotRequest)
            #expect(try await workload.answer().status == 200)
            #expect(try await self.post("/v1/lock\(query)", admin).body == body)
            for request in [hotRequest, strictRequest, hotRequest] {
                workload.send(request)
                try expectLocked(try await workload.answer())
            }
            admin.send(get("/v1/status"))
            let status = try await admin.answer().body
            #expect(
                status.contains(#""locked_since":\#(Self.start),"name":"reports","state":"locked""#)
            )
            #expect(try await self.post("/v1/unlock\(query)", admin).body == #"{"profiles":[]}"#)
            for request in [strictRequest, hotRequest] {
                workload.send(request)
                #expect(try await workload.answer().status == 200)
            }
        }
        #expect(world.exchanger.calls.count == 2)
        let profile = query.isEmpty ? nil : ProfileName("reports")
        #expect(world.audit.events.contains(.locked(profile, by: getuid())))
        #expect(world.audit.events.contains(.unlocked(profile, by: getuid())))
    }

    @Test func whoWaitsIsToldOfTheLockAtOnce() async throws {
        let world = try World()
        world.exchanger.script.hold()
        try await serving(world) { admin, workload in
            workload.send(hotRequest)
            await world.exchanger.script.arrivals(1)
            #expect(try await self.post("/v1/lock", admin).status == 200)
            try expectLocked(try await workload.answer())
        }
    }

    @Test func whoMayNotHaveTheProfileIsNotToldOfTheLock() async throws {
        let world = try World()
        try await serving(world) { admin, workload in
            let lock = try await post("/v1/lock", admin)
            #expect(lock.status == 200)
            workload.send(get("/v1/token?profile=backups"))
            let answer = try await workload.answer()
            #expect(Denial(answer.body) != nil)
        }
    }

    @Test func aRefreshOfALockedProfileIsRefused() async throws {
        let world = try World()
        try await serving(world) { admin, _ in
            #expect(try await self.post("/v1/lock?profile=reports", admin).status == 200)
            try expectLocked(try await self.post("/v1/refresh?profile=reports", admin))
            // The others are refreshed, and it is said which one is not.
            try expectLocked(try await self.post("/v1/refresh", admin))
        }
        #expect(world.exchanger.calls.map(\.profile.name.rawValue).sorted() == ["archive", "backups"])
    }

    @Test(arguments: [
        ("POST", "/v1/lock?profile=nothing", 404, "not_found"),
        ("POST", "/v1/unlock?profile=nothing", 404, "not_found"),
        ("POST", "/v1/lock?profile=", 400, "bad_request"), ("POST", "/v1/unlock?all", 400, "bad_request"),
        ("GET", "/v1/lock", 405, "method_not_allowed"), ("DELETE", "/v1/unlock", 405, "method_not_allowed"),
    ])
    func whatCannotBeLockedIsRefused(method: String, target: String, status: Int, code: String) async throws {
        let world = try World()
        try await serving(world) { admin, _ in
            admin.send(request(method, target))
            let answer = try await admin.answer()
            #expect(answer.status == status)
            #expect(answer.body.contains(#""code":"\#(code)""#))
        }
        #expect(world.locks.script.calls.isEmpty)
    }

    @Test func workloadsCannotLock() async throws {
        let world = try World()
        try await serving(world) { _, workload in
            for path in ["/v1/lock", "/v1/unlock"] {
                workload.send(request("POST", path))
                let answer = try await workload.answer()
                #expect(answer.status == 404)
            }
        }
        #expect(world.locks.script.calls.isEmpty)
    }

    @Test func oneAloneIsNotUnlockedWhileAllAreLocked() async throws {
        let world = try World()
        try await serving(world) { admin, _ in
            #expect(try await self.post("/v1/lock", admin).status == 200)
            let answer = try await self.post("/v1/unlock?profile=reports", admin)
            #expect(answer.status == 409)
            #expect(answer.body.contains(#"{"code":"conflict","message":"all profiles are locked"#))
        }
    }

    @Test func aLockThatIsNotStoredSaysThatItHolds() async throws {
        let world = try World()
        try await serving(world) { admin, workload in
            world.locks.script.append(.failure(AcquisitionError(.forbidden, "no space")))
            let answer = try await self.post("/v1/lock", admin)
            #expect(answer.status == 500)
            #expect(answer.body.contains(#""code":"not_stored","message":"the lock holds now but would not survive"#))
            workload.send(hotRequest)
            try expectLocked(try await workload.answer())
        }
    }

    private func expectLocked(_ answer: WireAnswer, sourceLocation: SourceLocation = #_sourceLocation) throws {
        #expect(answer.status == 403, sourceLocation: sourceLocation)
        #expect(answer["Retry-After"].isEmpty, sourceLocation: sourceLocation)
        #expect(answer.body.contains(#"{"error":{"code":"locked","message":""#), sourceLocation: sourceLocation)
        let words = "profile reports has been locked by an operator since 2026-09-01T10:00:00Z"
        #expect(answer.body.contains(words), sourceLocation: sourceLocation)
        #expect(!answer.body.contains("decision"), sourceLocation: sourceLocation)
    }

    private func post(_ target: String, _ client: WireClient) async throws -> WireAnswer {
        client.send(request("POST", target))
        return try await client.answer()
    }

    private func serving(
        _ world: World,
        _ body: (_ admin: WireClient, _ workload: WireClient) async throws -> Void
    )
        async throws
    {
        let admin = try await world.startAdmin()
        do {
            let operators = try await WireClient.connect(to: world.adminPath, on: world.group)
            try await world.serving {
                let workload = try await world.client()
                try await body(operators, workload)
                await workload.close()
            }
            await operators.close()
        } catch {
            await admin.stop()
            throw error
        }
        await admin.stop()
    }
}
