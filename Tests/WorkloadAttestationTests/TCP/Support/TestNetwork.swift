import Glibc
import Testing

/// A link between this network namespace and that of a process, gone with either.
struct TestNetwork {
    /// Of this end; the other has the next.
    let address: String

    init(to process: Int32) throws {
        // Of the addresses for measurements (RFC 2544), which no network of its own uses.
        let (third, fourth) = (UInt8.random(in: 0...255), UInt8.random(in: 0..<64) * 4)
        address = "198.18.\(third).\(fourth + 1)"
        let name = "iamb\(third)x\(fourth)"
        let inside = ["nsenter", "-t", "\(process)", "-n"]
        try TestProcess.run(["ip", "link", "add", name, "type", "veth", "peer", "name", "peer0", "netns", "\(process)"])
        try TestProcess.run(["ip", "address", "add", "\(address)/30", "dev", name])
        try TestProcess.run(["ip", "link", "set", name, "up"])
        try TestProcess.run(inside + ["ip", "address", "add", "198.18.\(third).\(fourth + 2)/30", "dev", "peer0"])
        try TestProcess.run(inside + ["ip", "link", "set", "peer0", "up"])
    }
}
