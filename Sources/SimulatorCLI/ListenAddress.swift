internal import ArgumentParser
internal import NIOCore

/// A numeric address and a port to listen on: `127.0.0.1:8170` or `[::1]:8170`.
struct ListenAddress: ExpressibleByArgument {
    let host: String
    let port: Int

    /// The loopback address of IPv4.
    init(port: Int) {
        host = "127.0.0.1"
        self.port = port
    }

    init?(argument: String) {
        guard let colon = argument.lastIndex(of: ":"), let port = UInt16(argument[argument.index(after: colon)...])
        else { return nil }
        var host = argument[..<colon]
        let isBracketed = host.hasPrefix("[") && host.hasSuffix("]")
        if isBracketed { host = host.dropFirst().dropLast() }
        // An IPv6 address without brackets would leave open where the port begins.
        guard host.contains(":") == isBracketed,
            (try? SocketAddress(ipAddress: String(host), port: Int(port))) != nil
        else { return nil }
        self.host = String(host)
        self.port = Int(port)
    }
}
