import Foundation
import Glibc
import Testing

/// Sockets that systemd made.
@Suite(.serialized, .timeLimit(.minutes(3)))
struct SocketActivationTests {
    @Test func namesDecideWhichSocketIsWhich() async throws {
        try await ManagedWorld.run { world in
            try world.listen()
            for _ in 1...2 {
                try await world.serving { _ in
                    let replies = [
                        try await world.ask(), try await world.exchange(world.admin, "GET", "/v1/status"),
                    ]
                    #expect(replies.map(\.status) == [200, 200])
                }
                // They are systemd's, and so is who may use them.
                for (path, mode) in [(world.workload, 0o622), (world.admin, 0o620)] {
                    let attributes = try FileManager.default.attributesOfItem(atPath: path)
                    #expect(attributes[.posixPermissions] as? Int == mode)
                }
            }
        }
    }

    @Test func aConnectionWaitsForTheDaemonToStart() async throws {
        try await ManagedWorld.run { world in
            try world.listen()
            let connection = try await blocking {
                let connection = try Connection(world.workload)
                try connection.request("GET", "/v1/token?profile=reports")
                return connection
            }
            try await world.serving { _ in
                let reply = try await blocking { try connection.receive() }
                #expect(reply?.status == 200)
            }
        }
    }

    @Test func aSocketThatIsNotHandedOverIsMadeByTheDaemon() async throws {
        try await ManagedWorld.run { world in
            try world.manager.listen("workload", at: world.workload)
            try await world.serving { _ in
                let reply = try await world.exchange(world.admin, "GET", "/v1/status")
                #expect(reply.status == 200)
            }
            #expect(access(world.workload, F_OK) == 0)
            #expect(access(world.admin, F_OK) != 0)
        }
    }

    @Test func answersOverTCPGoOneHopFar() async throws {
        let (descriptor, port) = try Self.listening()
        var setup = Setup()
        setup.emulation = "127.0.0.1:\(port)"
        try await ManagedWorld.run(setup) { world in
            world.manager.hand("metadata", descriptor)
            try await world.serving { _ in
                let head = try await blocking {
                    let connection = try Connection(port: port)
                    try connection.send("GET / HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nConnection: close\r\n\r\n")
                    return String(decoding: try connection.drain().prefix(9), as: UTF8.self)
                }
                #expect(head == "HTTP/1.1 ")
                var hops: Int32 = 0
                var length = socklen_t(MemoryLayout<Int32>.size)
                try #require(getsockopt(descriptor, Int32(IPPROTO_IP), IP_TTL, &hops, &length) == 0)
                #expect(hops == 1)
            }
        }
    }

    @Test func whatIsNotAsConfiguredIsRefused() async throws {
        try await ManagedWorld.run { world in
            try world.manager.listen("workload", at: world.folder.path("elsewhere"))
            let text = try await world.refusal()
            #expect(
                text.contains("listens on \(world.folder.path("elsewhere")) and not on \(world.workload)"),
                "\(text)"
            )
        }
        try await ManagedWorld.run { world in
            world.manager.hand("workload", try UnixSocket.bound(Array(world.workload.utf8), SOCK_DGRAM))
            let text = try await world.refusal()
            #expect(text.contains("'workload' that was handed over is no stream socket"), "\(text)")
        }
        try await ManagedWorld.run { world in
            world.manager.hand("workload", try UnixSocket.bound(Array(world.workload.utf8), SOCK_STREAM))
            let text = try await world.refusal()
            #expect(text.contains("'workload' that was handed over does not listen"), "\(text)")
        }
        try await ManagedWorld.run { world in
            world.manager.hand("workload", open("/dev/null", O_RDONLY | O_CLOEXEC))
            let text = try await world.refusal()
            #expect(text.contains("'workload' that was handed over is no socket"), "\(text)")
        }
    }

    @Test func aSocketForOperatorsThatLetsEverybodyInIsRefused() async throws {
        try await ManagedWorld.run { world in
            try world.manager.listen("admin", at: world.admin, mode: 0o602)
            let text = try await world.refusal()
            #expect(text.contains("'admin' that was handed over lets every user of this machine in"), "\(text)")
            #expect(text.contains("set SocketMode=0660"))
        }
    }

    @Test func namesThatNobodyKnowsAreRefused() async throws {
        try await ManagedWorld.run { world in
            try world.manager.listen("workloads", at: world.workload)
            let text = try await world.refusal()
            #expect(text.contains("unknown name 'workloads'"), "\(text)")
        }
        try await ManagedWorld.run { world in
            try world.listen()
            try world.manager.listen("workload", at: world.folder.path("w2"))
            let text = try await world.refusal()
            #expect(text.contains("two descriptors of the name 'workload'"), "\(text)")
        }
        try await ManagedWorld.run { world in
            let (descriptor, _) = try Self.listening()
            world.manager.hand("metadata", descriptor)
            let text = try await world.refusal()
            #expect(text.contains("the configuration has no listen.metadata"), "\(text)")
        }
        try await ManagedWorld.run { world in
            try world.listen()
            let text = try await world.refusal(variables: ["LISTEN_FDNAMES": "workload"])
            #expect(text.contains("but 1 names"), "\(text)")
        }
    }

    @Test func socketsForAnotherProcessAreNone() async throws {
        try await ManagedWorld.run { world in
            let (descriptor, _) = try Self.listening()
            world.manager.hand("nobody knows it", descriptor)
            try await world.serving(variables: ["LISTEN_PID": "1"]) { _ in
                let reply = try await world.ask()
                #expect(reply.status == 200)
            }
        }
    }

    /// A socket that listens at a port of 127.0.0.1, any that is free without `port`.
    static func listening(at port: UInt16 = 0) throws -> (Int32, UInt16) {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | O_CLOEXEC, 0)
        try #require(descriptor >= 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        address.sin_port = port.bigEndian
        // Connections of the one before may still be remembered.
        var isReused: Int32 = 1
        try #require(setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &isReused, 4) == 0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutableBytes(of: &address) { bytes in
            let name = bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self)
            return bind(descriptor, name, length) == 0 && listen(descriptor, 64) == 0
                && getsockname(descriptor, name, &length) == 0
        }
        try #require(result)
        return (descriptor, UInt16(bigEndian: address.sin_port))
    }
}
