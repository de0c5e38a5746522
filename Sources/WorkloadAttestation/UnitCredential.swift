internal import CLinux

/// A credential that systemd asks for in the name of a unit (systemd.exec(5), `LoadCredential=` with a socket).
///
/// systemd puts both names into the address of its own end of the connection. Everybody can choose such an address, so it
/// proves nothing by itself.
package struct UnitCredential: Sendable, Hashable {
    /// Such as `reports.service`.
    package let unit: String
    /// The name that the credential has for the unit.
    package let name: String

    package init(unit: String, name: String) {
        (self.unit, self.name) = (unit, name)
    }

    /// Reads the address of a peer's socket: a zero byte, hexadecimal digits, `/unit/`, the unit, `/`, the credential.
    package init?(address: some Collection<UInt8>) {
        guard address.first == 0, let text = String(validating: address.dropFirst(), as: UTF8.self) else { return nil }
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 4, !parts[0].isEmpty, parts[0].utf8.allSatisfy(Self.isHexadecimal), parts[1] == "unit",
            UnitName.isValid(parts[2]), parts[2].hasSuffix(Self.type), Self.isName(parts[3])
        else { return nil }
        (unit, name) = (parts[2], parts[3])
    }

    /// Sockets, mounts and swaps have credentials, too, but no processes that attestation could tell.
    private static let type = ".service"

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
    }

    /// Printable ASCII without a slash; what it stands for is looked up.
    private static func isName(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
    }
}

extension PeerAttestor {
    /// What the peer of a connected Unix socket asks for by the address of its own end; `nil` when that says nothing.
    package func unitCredential(ofSocket number: CInt) -> UnitCredential? {
        var address = [CChar](repeating: 0, count: 108)
        let length = clinux_peer_address(number, &address, CInt(address.count))
        guard length > 0 else { return nil }
        return UnitCredential(address: address.prefix(Int(length)).map { UInt8(bitPattern: $0) })
    }
}
