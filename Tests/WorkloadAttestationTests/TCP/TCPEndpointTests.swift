import Glibc
import Testing

@testable import WorkloadAttestation

@Suite struct TCPEndpointTests {
    @Test func aMappedAddressIsTheIPv4AddressItStandsFor() throws {
        let mapped = [UInt8](repeating: 0, count: 10) + [0xff, 0xff, 127, 0, 0, 1]
        let end = try #require(TCPEndpoint(address: mapped, port: 80))
        #expect(end == TCPEndpoint(address: [127, 0, 0, 1], port: 80))
        #expect(end.wideAddress == mapped)
        #expect("\(end)" == "127.0.0.1:80")
    }

    @Test func anAddressThatOnlyLooksMappedIsKept() throws {
        let compatible = [UInt8](repeating: 0, count: 12) + [127, 0, 0, 1]
        let end = try #require(TCPEndpoint(address: compatible, port: 1))
        #expect(end.address == compatible)
        #expect("\(end)" == "[::127.0.0.1]:1")
    }

    @Test(arguments: [0, 3, 5, 15, 17])
    func onlyFourOrSixteenBytesAreAnAddress(count: Int) {
        #expect(TCPEndpoint(address: [UInt8](repeating: 1, count: count), port: 1) == nil)
    }

    @Test func aSocketThatIsNotConnectedHasNoPeer() throws {
        let listener = try TestSocket.listening(at: "127.0.0.1")
        #expect(
            refusal { () throws(TCPAttestationError) in try TCPEndpoint.ends(ofSocket: listener.descriptor) }
                == .notFound
        )
    }

    @Test func aSocketThatIsNotTCPIsRefused() throws {
        var pair: [CInt] = [-1, -1]
        try #require(socketpair(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0, &pair) == 0)
        defer { for end in pair { close(end) } }
        #expect(refusal { () throws(TCPAttestationError) in try TCPEndpoint.ends(ofSocket: pair[0]) } == .kernelRefused)
        #expect(refusal { () throws(TCPAttestationError) in try TCPEndpoint.ends(ofSocket: -1) } == .kernelRefused)
    }
}
