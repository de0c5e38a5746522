/// Who listens on a TCP port of 127.0.0.1.
struct LoopbackListener: Sendable, Equatable {
    let uid: UInt32

    /// The listeners that get what is sent to this port of 127.0.0.1, from the kernel's list.
    static func all(port: UInt16) throws(CommandFailure) -> [Self] {
        let file = try InputFile(path: "/proc/self/net/tcp")
        return all(port: port, in: String(decoding: try file.readAll(limit: 64 << 20), as: UTF8.self))
    }

    /// The same from the text of `/proc/net/tcp` (proc_pid_net(5)).
    ///
    /// A listener on 127.0.0.1 goes before one on all addresses.
    static func all(port: UInt16, in text: String) -> [Self] {
        let port = hexadecimal(UInt32(port), digits: 4)
        // An address is the number in the byte order of the machine.
        let loopback = hexadecimal(UInt32(0x7F00_0001).bigEndian, digits: 8)
        var onLoopback: [Self] = []
        var onAll: [Self] = []
        for line in text.split(separator: "\n").dropFirst() {
            // sl local_address rem_address st tx_queue:rx_queue tr:tm->when retrnsmt uid
            let fields = line.split(separator: " ")
            guard fields.count > 7, fields[3] == "0A", let uid = UInt32(fields[7]) else { continue }
            switch fields[1] {
            case "\(loopback):\(port)": onLoopback.append(Self(uid: uid))
            case "00000000:\(port)": onAll.append(Self(uid: uid))
            default: continue
            }
        }
        return onLoopback.isEmpty ? onAll : onLoopback
    }

    private static func hexadecimal(_ number: UInt32, digits: Int) -> String {
        let text = String(number, radix: 16, uppercase: true)
        return String(repeating: "0", count: digits - text.count) + text
    }
}
