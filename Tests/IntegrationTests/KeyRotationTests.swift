import CloudSimulator
import Foundation
import Glibc
import JOSE
import Synchronization
import Testing

/// The issuer changes the key it signs with while the daemon runs.
@Suite(.serialized, .timeLimit(.minutes(1)))
struct KeyRotationTests {
    @Test(arguments: [true, false])
    func aNewPublishedKeyIsFound(keepingOld: Bool) async throws {
        try await World.run { world in
            try world.expectToken(try await world.ask())
            let key = try TestKeys.next()[0]
            try world.cloud.rotateKeys(to: key, keepingOld: keepingOld)
            #expect(try await world.refresh().status == 200)
            try world.expectToken(try await world.ask(), key: key)
            #expect(world.cloud.requestCount(of: .keys) == 2)
        }
    }

    /// What a consumer got that asks without a pause.
    private final class Replies: Sendable {
        private let statuses = Mutex<[Int: Int]>([:])

        func note(_ reply: Reply) { statuses.withLock { $0[reply.status, default: 0] += 1 } }
        var all: [Int: Int] { statuses.withLock { $0 } }
    }

    @Test
    func nobodyIsRefusedWhileKeysAreRotated() async throws {
        var setup = Setup()
        setup.policy =
            "{ version: 1, grants: [{ name: a, profiles: [reports], workloads: [{ uid: \(getuid()) }], rate: unlimited }] }"
        try await World.run(setup) { world in
            let first = try await world.ask()
            try world.expectToken(first)
            let replies = Replies()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    while !Task.isCancelled { replies.note(try await world.ask()) }
                }
                let keys = try TestKeys.next()
                // It signs, and the key set does not have it: the token in memory serves.
                try world.cloud.rotateKeys(to: keys[0], publishing: false)
                try world.expectUnavailable(try await world.refresh(), saying: "was refused")
                try world.expectToken(try await world.ask())
                // Both are in the key set.
                try world.cloud.rotateKeys(to: keys[1])
                #expect(try await world.refresh().status == 200)
                let second = try await world.ask()
                try world.expectToken(second, key: keys[1])
                // The others are removed at once; their tokens still pass.
                try world.cloud.rotateKeys(keepingOld: false)
                let status = try await world.refresh()
                #expect(status.status == 200)
                let third = try await world.ask()
                for reply in [first, second, third] { #expect(try await verdict(world, reply) == "accept") }
                let states = try signingKeys(status)
                #expect(states[world.cloud.keyIDs.signing] == "published")
                #expect(states[keys[1].id] == "kept")
                #expect(try states[TestKeys.keys().iam.id] == "kept")
                #expect(states[keys[0].id] == nil)
                group.cancelAll()
            }
            #expect(Array(replies.all.keys) == [200], "\(replies.all)")
            #expect(replies.all[200] ?? 0 > 10)
        }
    }

    /// What the daemon says of the token of a reply.
    private func verdict(_ world: World, _ reply: Reply) async throws -> String? {
        let token = try #require(reply.token)
        let answer = try await blocking {
            let connection = try Connection(world.workload)
            try connection.send(
                "POST /v1/verify HTTP/1.1\r\nHost: localhost\r\nContent-Length: \(token.utf8.count)\r\n\r\n\(token)"
            )
            return try #require(try connection.receive())
        }
        let object = try JSONSerialization.jsonObject(with: Data(answer.body.utf8)) as? [String: Any]
        return object?["verdict"] as? String
    }

    /// The states of the signing keys in a status.
    private func signingKeys(_ status: Reply) throws -> [String: String] {
        let object = try JSONSerialization.jsonObject(with: Data(status.body.utf8)) as? [String: Any]
        let keys = try #require(object?["signing_keys"] as? [[String: Any]])
        return Dictionary(
            keys.compactMap { key in
                (key["key_id"] as? String).flatMap { id in (key["state"] as? String).map { (id, $0) } }
            },
            uniquingKeysWith: { first, _ in first }
        )
    }

    @Test
    func aTokenOfAKeyThatIsNotPublishedIsRefused() async throws {
        try await World.run { world in
            let keys = try TestKeys.next()
            try world.cloud.rotateKeys(to: keys[0], publishing: false)
            try world.expectUnavailable(try await world.ask(), saying: "was refused")
            #expect(world.daemon.log.text.contains("Token failed verification"))
            try world.cloud.rotateKeys(to: keys[1])
            try await world.expectRecovery(key: keys[1])
        }
    }

    @Test
    func aKeyRotatedWhileTheExchangeIsUnderWayIsFound() async throws {
        try await World.run { world in
            try world.expectToken(try await world.ask("backups"), of: "backups")
            // The second exchange is read, and then worked on with the key of that later moment.
            world.cloud.set(Fault(delay: .milliseconds(500)), for: .iamToken)
            async let reply = world.ask("reports")
            try await world.cloud.waitForRequests(to: .iamToken, reaching: 2)
            let key = try TestKeys.next()[0]
            try world.cloud.rotateKeys(to: key, keepingOld: false)
            try world.expectToken(try await reply, key: key)
        }
    }
}
