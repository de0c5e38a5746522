/// The text of `/proc/PID/net/tcp` or `tcp6`: the TCP sockets of that process's network namespace.
///
/// A line is `sl own other state queues timer retransmits uid timeout inode …`, with each 32 bits of an address as a number
/// in the byte order of the machine (the kernel's Documentation/networking/proc_net_tcp.rst).
struct SocketTable: Sendable {
    let text: [UInt8]

    /// Sockets that have `own` connected to `other` and are open; a line that says so and cannot be read is an error.
    func records(own: TCPEndpoint, other: TCPEndpoint) throws(TCPAttestationError) -> Set<SocketRecord> {
        let forms = [
            (Self.written(own.address, own.port), Self.written(other.address, other.port)),
            (Self.written(own.wideAddress, own.port), Self.written(other.wideAddress, other.port)),
        ]
        var found: Set<SocketRecord> = []
        for line in text.split(separator: UInt8(ascii: "\n")) {
            let start = line.split(separator: UInt8(ascii: " "), maxSplits: 3)
            guard start.count > 2, forms.contains(where: { $0 == Array(start[1]) && $1 == Array(start[2]) }) else {
                continue
            }
            guard let line = Line(start.count > 3 ? start[3] : []) else {
                throw TCPAttestationError(
                    .unreadable,
                    "could not understand what the kernel's table of TCP sockets says about \(own); report this as a defect"
                )
            }
            guard SocketRecord.isOpen(state: line.state) else { continue }
            found.insert(
                SocketRecord(own: own, other: other, userID: line.userID, inode: line.inode, cookie: nil)
            )
        }
        return found
    }

    /// An address as the table writes it.
    static func written(_ address: [UInt8], _ port: UInt16) -> [UInt8] {
        let words = stride(from: 0, to: address.count, by: 4)
            .map { start in
                address[start..<start + 4].withUnsafeBytes { $0.loadUnaligned(as: UInt32.self) }
            }
        return words.flatMap { hexadecimal($0, digits: 8) } + [UInt8(ascii: ":")]
            + hexadecimal(UInt32(port), digits: 4)
    }

    private static func hexadecimal(_ number: UInt32, digits: Int) -> [UInt8] {
        let text = Array(String(number, radix: 16, uppercase: true).utf8)
        return [UInt8](repeating: UInt8(ascii: "0"), count: max(0, digits - text.count)) + text
    }

    /// What follows the two ends.
    private struct Line {
        let state: UInt8
        let userID: UInt32
        let inode: UInt64

        init?(_ text: ArraySlice<UInt8>) {
            let fields = text.split(separator: UInt8(ascii: " "), maxSplits: 7)
            guard fields.count >= 7, fields[0].count == 2, fields[0].first != UInt8(ascii: "+"),
                let state = UInt8(String(decoding: fields[0], as: UTF8.self), radix: 16),
                let userID = Self.decimal(fields[4]).flatMap(UInt32.init(exactly:)),
                let inode = Self.decimal(fields[6])
            else { return nil }
            (self.state, self.userID, self.inode) = (state, userID, inode)
        }

        /// Digits alone: no sign, which `UInt64.init` would take.
        private static func decimal(_ text: ArraySlice<UInt8>) -> UInt64? {
            guard text.allSatisfy((UInt8(ascii: "0")...UInt8(ascii: "9")).contains) else { return nil }
            return UInt64(String(decoding: text, as: UTF8.self))
        }
    }
}
