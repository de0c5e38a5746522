import Foundation
import Glibc
import Testing
import WorkloadAttestation

/// What systemd says about itself in the address of its socket.
@Suite struct UnitCredentialTests {
    @Test(
        arguments: [
            ("\0f4ef1ad92d9bb9d5/unit/reports.service/token", "reports.service", "token"),
            ("\00/unit/a@b-c:d_e\\x2d.service/my.token", "a@b-c:d_e\\x2d.service", "my.token"),
        ]
    )
    func unitAndNameAreRead(address: String, unit: String, name: String) {
        #expect(UnitCredential(address: Array(address.utf8)) == UnitCredential(unit: unit, name: name))
    }

    @Test(
        arguments: [
            "", "\0", "/run/x.sock", "f4/unit/reports.service/token", "\0f4/unit/reports.service",
            "\0f4/unit/reports.service/", "\0f4/unit//token", "\0/unit/reports.service/token",
            "\0F4/unit/reports.service/token", "\0xyz/unit/reports.service/token", "\0f4/slice/reports.service/token",
            "\0f4/unit/reports.service/token/more", "\0f4/unit/reports/token", "\0f4/unit/@a.service/token",
            "\0f4/unit/re ports.service/token", "\0f4/unit/reports.service/to ken", "\0f4/unit/reports.service/t\u{7F}",
            "\0f4/unit/../token", "\0f4/unit/a.socket/token", "\0f4/unit/r\u{E9}.service/token",
            "\0f4/unit/reports.service/t\0",
        ]
    )
    func whatIsNotOfThisFormSaysNothing(address: String) {
        #expect(UnitCredential(address: Array(address.utf8)) == nil)
    }

    @Test func bytesThatAreNoTextSayNothing() {
        #expect(UnitCredential(address: [0, 0x66] + Array("/unit/a.service/".utf8) + [0xFF, 0x74]) == nil)
    }

    /// A connection whose other end is bound to `address`; `nil` leaves it without one.
    private func asked(_ address: String?) throws -> UnitCredential? {
        let listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        let client = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        defer { for descriptor in [listener, client] { close(descriptor) } }
        let place = "\0iam-broker-test-\(UUID().uuidString)"
        try withAddress(place) { #expect(bind(listener, $0, $1) == 0) }
        #expect(listen(listener, 1) == 0)
        if let address { try withAddress(address) { #expect(bind(client, $0, $1) == 0) } }
        try withAddress(place) { #expect(connect(client, $0, $1) == 0) }
        let accepted = accept(listener, nil, nil)
        defer { close(accepted) }
        return PeerAttestor().unitCredential(ofSocket: accepted)
    }

    private func withAddress(_ text: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Void) throws {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(text.utf8)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + bytes.count)
        withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, length) }
        }
    }

    @Test func theKernelTellsTheAddressOfTheOtherEnd() throws {
        // The digits differ each time, as systemd's do: two tests must not want the same address.
        let digits = String(UInt64.random(in: 1 ... .max), radix: 16)
        #expect(
            try asked("\0\(digits)/unit/reports.service/token")
                == UnitCredential(unit: "reports.service", name: "token")
        )
        #expect(try asked(nil) == nil)
        #expect(try asked("\0\(digits)") == nil)
    }
}
