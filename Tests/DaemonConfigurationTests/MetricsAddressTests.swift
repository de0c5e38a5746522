import AccessPolicy
import BrokerServer
import DaemonConfiguration
import DocumentReader
import Testing

/// Where metrics are served over TCP.
struct MetricsAddressTests {
    private func address(_ listen: String) throws -> ListenAddress? {
        let text = """
            profiles: { reports: { id: Profile-5f2d1c3a-8b4e-4d7f-9a6c-0e1b2d3f4a5b } }
            policies: /policies
            listen: \(listen)
            """
        let nobody = AccountNames(userID: { _ in nil }, groupID: { _ in nil })
        return try DaemonConfiguration(parsing: text, file: "config.yaml", accounts: nobody).metrics
    }

    @Test(arguments: [
        ("{}", nil), ("{ metrics: '127.0.0.1:9477' }", ListenAddress(host: "127.0.0.1", port: 9_477)),
        ("{ metrics: '127.255.0.1:0' }", ListenAddress(host: "127.255.0.1", port: 0)),
        ("{ metrics: '[::1]:9477' }", ListenAddress(host: "::1", port: 9_477)),
    ])
    func anAddressOfThisMachineAlone(listen: String, address: ListenAddress?) throws {
        #expect(try self.address(listen) == address)
    }

    @Test(arguments: [
        ("0.0.0.0:9477", "can be reached from other machines"), ("10.0.0.5:9477", "can be reached from other machines"),
        ("[::]:9477", "can be reached from other machines"), ("[::ffff:127.0.0.1]:1", "can be reached"),
        ("localhost:9477", "must have an address in numbers"), ("9477", "must be an address and a port"),
        ("127.0.0.1:65536", "must be an address and a port"),
    ])
    func noOther(address: String, message: String) throws {
        let error = #expect(throws: DocumentError.self) { try self.address("{ metrics: '\(address)' }") }
        #expect(error?.description.contains("listen.metrics") == true)
        #expect(error?.description.contains(message) == true)
        // There is no way to say that it is meant, as there is for IBM's paths.
        #expect(throws: DocumentError.self) {
            try self.address("{ metrics: { address: '\(address)', expose: true } }")
        }
    }
}
