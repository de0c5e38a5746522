import CLinux
import Glibc
import Testing

@testable import ServiceManager

@Suite struct InheritedSocketTests {
    @Test func aListeningSocketAtTheRightPathIsTaken() throws {
        let socket = try TestSocket.unix(listening: true)
        #expect(
            try InheritedSocket("workload", socket.descriptor, at: .path(socket.path)).descriptor == socket.descriptor
        )
    }

    @Test func anotherPathIsRefusedAndBothAreNamed() throws {
        let socket = try TestSocket.unix(listening: true)
        let error = #expect(throws: ServiceManagerError.self) {
            try InheritedSocket("workload", socket.descriptor, at: .path("/run/iam-broker/workload.sock"))
        }
        #expect(error?.message.contains(socket.path) == true)
        #expect(error?.message.contains("not on /run/iam-broker/workload.sock, as listen.workload says") == true)
    }

    @Test func whatIsNoListeningStreamSocketIsRefused() throws {
        let bound = try TestSocket.unix(listening: false)
        let datagrams = try TestSocket.unix(listening: false, type: SOCK_DGRAM)
        let abstract = try TestSocket.unix(listening: true, isAbstract: true)
        let tcp = try TestSocket.tcp(AF_INET)
        var pipes: [Int32] = [0, 0]
        try #require(pipe(&pipes) == 0)
        defer { for descriptor in pipes { close(descriptor) } }
        for (descriptor, what) in [
            (bound.descriptor, "does not listen"), (datagrams.descriptor, "is no stream socket"),
            (abstract.descriptor, "is an abstract socket"), (tcp.descriptor, "is no Unix socket"),
            (pipes[0], "is no socket"),
        ] {
            let error = #expect(throws: ServiceManagerError.self) {
                try InheritedSocket("workload", descriptor, at: .path(bound.path))
            }
            #expect(error?.message.contains(what) == true, "\(error?.message ?? "")")
        }
    }

    @Test(arguments: [(AF_INET, "127.0.0.1"), (AF_INET6, "::1")])
    func answersOverIPGoOneHopFar(family: Int32, host: String) throws {
        let socket = try TestSocket.tcp(family)
        let port = try socket.port()
        _ = try InheritedSocket("metadata", socket.descriptor, at: .address(host: host, port: port))
        #expect(try socket.hops() == 1)
        // Any port will do where the configuration leaves it open.
        _ = try InheritedSocket("metadata", socket.descriptor, at: .address(host: host, port: 0))
    }

    @Test func anotherAddressPortOrFamilyIsRefused() throws {
        let socket = try TestSocket.tcp(AF_INET)
        let port = try socket.port()
        let path = try TestSocket.unix(listening: true)
        for (descriptor, host, port) in [
            (socket.descriptor, "127.0.0.1", port ^ 1), (socket.descriptor, "127.0.0.2", port),
            (socket.descriptor, "::1", port), (path.descriptor, "127.0.0.1", 0),
        ] {
            #expect(throws: ServiceManagerError.self) {
                try InheritedSocket("metadata", descriptor, at: .address(host: host, port: port))
            }
        }
        #expect(try socket.hops() != 1)
    }
}
