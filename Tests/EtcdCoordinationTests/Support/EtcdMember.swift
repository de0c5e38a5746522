import Foundation
import Glibc
import Synchronization
import Testing

/// A process of etcd.
final class EtcdMember: Sendable {
    let name: String
    let clientPort: UInt16
    let peerPort: UInt16
    private let process = Mutex<Process?>(nil)

    init(name: String) throws {
        self.name = name
        (clientPort, peerPort) = (try FreePort.next(), try FreePort.next())
    }

    deinit { kill() }

    func start(_ program: String, _ arguments: [String], log: URL) throws {
        if !FileManager.default.fileExists(atPath: log.path()) { try Data().write(to: log) }
        let output = try FileHandle(forWritingTo: log)
        try output.seekToEnd()
        let new = Process()
        new.executableURL = URL(filePath: program)
        new.arguments = arguments
        (new.standardOutput, new.standardError) = (output, output)
        new.standardInput = FileHandle.nullDevice
        try new.run()
        process.withLock { $0 = new }
    }

    var isRunning: Bool { process.withLock { $0?.isRunning ?? false } }

    /// It does nothing until ``resume()``; its connections stay.
    func pause() { signal(SIGSTOP) }

    func resume() { signal(SIGCONT) }

    /// Ends it as a crash of the machine would.
    func kill() {
        let old = process.withLock { process in
            defer { process = nil }
            return process
        }
        guard let old, old.isRunning else { return }
        _ = Glibc.kill(old.processIdentifier, SIGKILL)
        old.waitUntilExit()
    }

    private func signal(_ number: CInt) {
        process.withLock { process in
            if let process, process.isRunning { _ = Glibc.kill(process.processIdentifier, number) }
        }
    }
}

/// Ports that nobody has.
enum FreePort {
    private static let last = Atomic<Int>(Int.random(in: 0..<12_000))

    /// Below those that the kernel gives to clients, so that none of these takes it meanwhile.
    static func next() throws -> UInt16 {
        for _ in 0..<1_000 {
            let port = UInt16(18_000 + last.add(1, ordering: .relaxed).newValue % 12_000)
            if isFree(port) { return port }
        }
        throw POSIXError(.EADDRINUSE)
    }

    private static func isFree(_ port: UInt16) -> Bool {
        let descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }
}
