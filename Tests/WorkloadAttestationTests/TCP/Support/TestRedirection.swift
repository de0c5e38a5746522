import Testing

/// A rule of the present network namespace that redirects a service's address to a port of this machine.
struct TestRedirection {
    /// Where the service would be, were there no rule; a route leads there.
    let address: String

    /// The address of the device over which the route leads: clients connect from there.
    let source: String

    /// `hook` is `output` for this namespace's own clients, and `prerouting` for what others send through it.
    init(of address: String, to port: UInt16, at hook: String = "output") throws {
        let isIPv6 = address.contains(":")
        let family = isIPv6 ? ["ip", "-6"] : ["ip"]
        (self.address, source) = (address, isIPv6 ? "fd18::1" : "198.18.0.1")
        try TestProcess.run(["ip", "link", "add", "outside", "type", "veth", "peer", "name", "beyond"])
        try TestProcess.run(["ip", "link", "set", "beyond", "up"])
        try TestProcess.run(
            family + ["address", "add", source + (isIPv6 ? "/64" : "/24"), "dev", "outside"] + (isIPv6 ? ["nodad"] : [])
        )
        try TestProcess.run(["ip", "link", "set", "outside", "up"])
        try TestProcess.run(family + ["route", "add", address, "dev", "outside"])
        let protocolName = isIPv6 ? "ip6" : "ip"
        try TestProcess.run([
            "nft",
            "add table \(protocolName) test;"
                + "add chain \(protocolName) test redirection { type nat hook \(hook) priority -100; };"
                + "add rule \(protocolName) test redirection \(protocolName) daddr \(address) tcp dport 80 "
                + "redirect to :\(port)",
        ])
    }
}
