import AccessPolicy
import BrokerServer
import DaemonConfiguration
import Testing

/// Where the emulation listens.
struct EmulationAddressTests {
    private func address(_ listen: String) throws -> ListenAddress? {
        let text = """
            profiles: { reports: { id: Profile-5f2d1c3a-8b4e-4d7f-9a6c-0e1b2d3f4a5b } }
            policies: /policies
            listen: \(listen)
            """
        let nobody = AccountNames(userID: { _ in nil }, groupID: { _ in nil })
        return try DaemonConfiguration(parsing: text, file: "config.yaml", accounts: nobody).emulation
    }

    @Test(arguments: [
        ("{}", nil), ("{ metadata: '127.0.0.1:8169' }", ListenAddress(host: "127.0.0.1", port: 8_169)),
        ("{ metadata: '127.9.8.7:0' }", ListenAddress(host: "127.9.8.7", port: 0)),
        ("{ metadata: '[::1]:80' }", ListenAddress(host: "::1", port: 80)),
        ("{ metadata: { address: '127.0.0.1:1' } }", ListenAddress(host: "127.0.0.1", port: 1)),
        ("{ metadata: { address: '10.1.2.3:1', expose: true } }", ListenAddress(host: "10.1.2.3", port: 1)),
    ])
    func anAddressIsOfThisMachineUnlessItIsExposed(listen: String, address: ListenAddress?) throws {
        #expect(try self.address(listen) == address)
    }
}
