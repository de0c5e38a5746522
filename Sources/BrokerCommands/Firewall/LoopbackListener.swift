internal import Glibc

/// Who listens on a TCP port of 127.0.0.1.
struct LoopbackListener: Sendable, Equatable {
    let uid: UInt32

    /// The listeners that get what is sent to this port of 127.0.0.1, from the kernel's lists.
    static func all(port: UInt16) throws(CommandFailure) -> [Self] {
        let ipv4 = try InputFile(path: "/proc/self/net/tcp").readAll(limit: limit)
        // A machine without IPv6 lacks the second.
        let hasIPv6 = unsafe access("/proc/self/net/tcp6", F_OK) == 0 || errno != ENOENT
        let ipv6 = hasIPv6 ? try InputFile(path: "/proc/self/net/tcp6").readAll(limit: limit) : []
        return all(
            port: port,
            ipv4: String(decoding: ipv4, as: UTF8.self),
            ipv6: String(decoding: ipv6, as: UTF8.self)
        )
    }

    /// Who has the port that the rules redirect to, and is neither the broker nor root: he gets what programs send to the
    /// metadata service.
    ///
    /// Root is trusted: systemd opens sockets for others.
    static func stranger(behind rules: FirewallRules) throws(CommandFailure) -> Self? {
        guard case .redirected(let port) = rules.others else { return nil }
        return try all(port: port).first { $0.uid != rules.broker.uid && $0.uid != 0 }
    }

    /// The same from the text of `/proc/net/tcp` and `/proc/net/tcp6` (proc_pid_net(5)).
    ///
    /// A listener on 127.0.0.1 goes before one on all addresses, and one of IPv4 before one of both families.
    static func all(port: UInt16, ipv4: String, ipv6: String = "") -> [Self] {
        let port = hexadecimal(UInt32(port), digits: 4)
        // An address is written by the number, or the four, in the byte order of the machine.
        let loopback = hexadecimal(UInt32(0x7F00_0001).bigEndian, digits: 8)
        let mapped = "0000000000000000" + hexadecimal(UInt32(0xFFFF).bigEndian, digits: 8)
        let four = listeners(in: ipv4)
        let six = listeners(in: ipv6)
        let found = [
            four["\(loopback):\(port)", default: []] + six["\(mapped)\(loopback):\(port)", default: []],
            four["00000000:\(port)", default: []] + six["\(mapped)00000000:\(port)", default: []],
            // Whether it takes IPv4, too, the list does not say.
            six["\(String(repeating: "0", count: 32)):\(port)", default: []],
        ]
        return found.first { !$0.isEmpty } ?? []
    }

    private static func listeners(in text: String) -> [Substring: [Self]] {
        var found: [Substring: [Self]] = [:]
        for line in text.split(separator: "\n").dropFirst() {
            // sl local_address rem_address st tx_queue:rx_queue tr:tm->when retrnsmt uid
            let fields = line.split(separator: " ")
            guard fields.count > 7, fields[3] == "0A", let uid = UInt32(fields[7]) else { continue }
            found[fields[1], default: []].append(Self(uid: uid))
        }
        return found
    }

    private static let limit = 64 << 20

    private static func hexadecimal(_ number: UInt32, digits: Int) -> String {
        let text = String(number, radix: 16, uppercase: true)
        return String(repeating: "0", count: digits - text.count) + text
    }
}
