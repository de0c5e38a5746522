import Foundation
import JOSE
import KeyRotation
import Testing
import TokenBroker

@testable import EtcdCoordination

/// Calls, and what people read when they fail.
@Suite(.timeLimit(.minutes(5))) struct EtcdClientTests {
    private static let password = "pass-\(UUID().uuidString)"

    private func withAuthentication(
        _ release: EtcdRelease = .debian,
        _ arguments: [String] = [],
        _ body: (EtcdCluster, EtcdConfiguration.User) async throws -> Void
    ) async throws {
        try await EtcdCluster.run(release, .init(arguments: arguments)) { cluster in
            let user = EtcdConfiguration.User(name: "root", password: Redacted(Self.password))
            for arguments in [
                ["user", "add", "root:\(Self.password)"], ["role", "add", "root"],
                ["user", "grant-role", "root", "root"],
                ["user", "add", "guest:\(Self.password)"], ["auth", "enable"],
            ] { try await cluster.etcdctl(arguments) }
            try await body(cluster, user)
        }
    }

    private struct NewPassword: Encodable {
        let name = "root"
        let password: String
    }

    @Test(arguments: EtcdRelease.allCases)
    func aTokenThatEtcdForgotIsRenewed(release: EtcdRelease) async throws {
        try await withAuthentication(release) { cluster, user in
            try await FleetNode.run(["one"], in: cluster, cluster.configuration(user: user)) { nodes in
                let term = try await nodes[0].leadership.lead(plan())
                try await term.journal.append(.entry(1, plan: plan()))
                // etcd forgets the tokens of who gets a new password, also when it is the old one.
                let same = NewPassword(password: Self.password)
                _ = try await nodes[0].client.send("auth/user/changepw", same, .once)
                // The first call that meets it is one that may not be sent twice: it was refused, and so it is sent again.
                try await term.journal.append(.entry(2, plan: plan()))
                #expect(try await term.journal.latest().map(\.sequence) == [2])
            }
        }
    }

    @Test(arguments: EtcdRelease.allCases)
    func aTokenThatExpiredIsRenewed(release: EtcdRelease) async throws {
        try await withAuthentication(release, ["--auth-token-ttl", "1"]) { cluster, user in
            try await cluster.withClient(cluster.configuration(user: user)) { client in
                for number in 1...2 {
                    _ = try await client.transaction(if: [], then: [.put("x", [UInt8(number)])])
                    let idle = client.time.now.boot + .seconds(3)
                    try await eventually("the token has expired") { client.time.now.boot > idle }
                }
                #expect(try await client.value(of: "x").value?.version == 2)
            }
        }
    }

    @Test func aWrongPasswordIsNotSentAgainAndAgain() async throws {
        try await withAuthentication { cluster, _ in
            let wrong = EtcdConfiguration.User(name: "root", password: Redacted("wrong-\(Self.password)"))
            try await cluster.withClient(cluster.configuration(user: wrong)) { client in
                let first = await error { try await client.value(of: "x") }
                #expect(first?.code == .refused)
                #expect(first?.message.contains("see the name and the password") == true)
                #expect(first?.message.contains(Self.password) == false)
                // It is not even asked: the member is gone.
                cluster.members[0].kill()
                #expect(await error { try await client.value(of: "x") } == first)
            }
        }
    }

    @Test func whoHasNoUserOrTooFewRightsIsToldSo() async throws {
        try await withAuthentication { cluster, _ in
            try await cluster.withClient { client in
                let missing = await error { try await client.value(of: "x") }
                #expect(missing?.code == .refused)
                #expect(missing?.message.contains("wants a user and a password") == true)
            }
            let guest = EtcdConfiguration.User(name: "guest", password: Redacted(Self.password))
            try await cluster.withClient(cluster.configuration(user: guest)) { client in
                let forbidden = await error { try await client.value(of: "x") }
                #expect(forbidden?.code == .refused)
                #expect(forbidden?.message.contains("grant its role readwrite") == true)
            }
        }
    }

    @Test(arguments: EtcdRelease.allCases)
    func clientsShowTheirCertificates(release: EtcdRelease) async throws {
        try await CertificateFolder.run { certificates in
            try await EtcdCluster.run(release, .init(certificates: certificates)) { cluster in
                try await FleetNode.run(["one"], in: cluster) { nodes in
                    let term = try await nodes[0].leadership.lead(plan())
                    try await term.journal.append(.entry(1, plan: plan()))
                }
                var stranger = try cluster.configuration()
                stranger.certificate = .init(
                    chainFile: certificates.path("stranger.pem"),
                    keyFile: certificates.path("keys/stranger-key.pem")
                )
                var nobody = stranger
                nobody.certificate = nil
                var credulous = try cluster.configuration()
                credulous.trust = .certificateAuthorityFile(certificates.path("other-ca.pem"))
                for configuration in [stranger, nobody, credulous] {
                    try await cluster.withClient(configuration) { client in
                        let refused = await error { try await client.value(of: "x") }
                        #expect(refused?.code == .unavailable)
                        #expect(refused?.message.contains("certificate") == true, "\(refused?.message ?? "")")
                    }
                }
            }
        }
    }

    @Test func aTransactionThatMayHaveHappenedIsNotSentAgain() async throws {
        try await EtcdCluster.run(.debian, .init(size: 3)) { cluster in
            try await cluster.withClient { client in
                _ = try await client.value(of: "x")
                cluster.members[0].pause()
                defer { cluster.members[0].resume() }
                let unknown = await error { try await client.transaction(if: [], then: [.put("once", [1])]) }
                #expect(unknown?.code == .unknownOutcome)
                let endpoint = try cluster.endpoint(0).description
                #expect(unknown?.message.contains(endpoint) == true)
                #expect(unknown?.message.contains("not known") == true)
                // Reading may be repeated at another member, which shows that the transaction was not; the others may have to elect first.
                try await eventually("another member is read") { (try? await client.value(of: "x")) != nil }
                #expect(try await client.value(of: "once").value == nil)
                try await client.put("again", [1])
                #expect(try await client.value(of: "again").value?.version == 1)
            }
        }
    }

    @Test func anEndpointThatIsGoneIsNamed() async throws {
        let ports = [try FreePort.next(), try FreePort.next()]
        let endpoints = try ports.map { try #require(EtcdEndpoint("http://127.0.0.1:\($0)")) }
        let client = try EtcdClient(EtcdConfiguration(endpoints: endpoints), time: BootTime())
        let gone = await error { try await client.transaction(if: [], then: [.put("a", [])]) }
        #expect(gone?.code == .unavailable, "nothing was sent")
        for endpoint in endpoints {
            #expect(gone?.message.contains("\(endpoint): connection refused") == true, "\(gone?.message ?? "")")
        }
        try await client.shutdown()
    }

    @Test func longSpansAreReadInPages() async throws {
        try await EtcdCluster.run { cluster in
            try await cluster.withClient { client in
                let names = (100..<700).map { "span/\($0)" }
                for part in stride(from: 0, to: names.count, by: 100) {
                    _ = try await client.transaction(
                        if: [],
                        then: names[part..<(part + 100)].map { EtcdOperation.put($0, [1]) }
                    )
                }
                // The neighbours are not among them.
                for name in ["span", "span.", "span0"] { try await client.put(name, [1]) }
                let span = KeySpan.all(under: "span/")
                #expect(try await client.values(in: span).values.map(\.key) == names)
                let last = try await client.values(in: span, limit: 300, isDescending: true, keysOnly: true).values
                #expect(last.map(\.key) == Array(names.reversed().prefix(300)))
                #expect(last.allSatisfy { $0.bytes.isEmpty })
                #expect(try await client.values(in: span, limit: 1).values.map(\.key) == ["span/100"])
            }
        }
    }

    /// More than one answer may have.
    @Test func spansOfLongValuesAreReadInShorterPages() async throws {
        try await EtcdCluster.run { cluster in
            try await cluster.withClient { client in
                let long = [UInt8](repeating: 7, count: 1_000_000)
                for number in 10..<24 { try await client.put("long/\(number)", long) }
                let found = try await client.values(in: .all(under: "long/")).values
                #expect(found.map(\.key) == (10..<24).map { "long/\($0)" })
                #expect(found.allSatisfy { $0.bytes == long })
            }
        }
    }

    @Test func aFullEtcdSaysWhatToDo() async throws {
        let options = EtcdCluster.Options(arguments: ["--quota-backend-bytes", "2000000"])
        try await EtcdCluster.run(.debian, options) { cluster in
            try await cluster.withClient { client in
                let long = [UInt8](repeating: 1, count: 700_000)
                var full: EtcdError?
                for number in 0..<8 where full == nil {
                    full = await error { try await client.transaction(if: [], then: [.put("long-\(number)", long)]) }
                }
                #expect(full?.code == .noSpace)
                #expect(full?.message.contains("compact and defragment") == true)
            }
        }
    }

    @Test(arguments: [
        ("http://127.0.0.1:2379", true), ("https://etcd-1.example.com:2379/", true), ("http://[::1]:2379", true),
        ("https://etcd-1.example.com", false), ("ftp://127.0.0.1:2379", false), ("http://127.0.0.1:0", false),
        ("http://127.0.0.1:65536", false), ("http://user@127.0.0.1:2379", false), ("http://127.0.0.1:2379/v3", false),
        ("http://:2379", false), ("http://127.0.0.1:+2379", false), ("", false),
    ])
    func anEndpointIsAURLWithAHostAndAPort(text: String, isOne: Bool) {
        #expect((EtcdEndpoint(text) != nil) == isOne)
    }

    @Test func whatCannotBeIsFoundAtTheStart() throws {
        let near = try #require(EtcdEndpoint("http://127.0.0.1:2379"))
        let far = try #require(EtcdEndpoint("http://10.0.0.1:2379"))
        let missing = EtcdConfiguration.Certificate(chainFile: "/missing.pem", keyFile: "/missing-key.pem")
        let configurations = [
            EtcdConfiguration(endpoints: []), EtcdConfiguration(endpoints: [near, far]),
            EtcdConfiguration(endpoints: [near], prefix: "fleet"),
            EtcdConfiguration(endpoints: [near], prefix: "/f l/"),
            EtcdConfiguration(endpoints: [near], trust: .certificateAuthorityFile("/missing.pem")),
            EtcdConfiguration(endpoints: [near], certificate: missing),
        ]
        for configuration in configurations {
            let error = #expect(throws: EtcdError.self) { try EtcdClient(configuration, time: BootTime()) }
            #expect(error?.code == .misconfigured)
        }
    }

    private func error<Value>(_ body: () async throws -> Value) async -> EtcdError? {
        do {
            _ = try await body()
            return nil
        } catch {
            return error as? EtcdError
        }
    }
}
