import Foundation
import Glibc
import Synchronization
import Testing

/// Clients that ask for a token at a steady rate, whatever becomes of the answers, each on a thread of its own.
///
/// They are as simple as clients can be: nothing is tried twice. What goes wrong is a failed request.
final class SteadyLoad: Sendable {
    /// One request.
    struct Sample: Sendable {
        /// When it was due, in nanoseconds of the monotonic clock.
        let due: Int64
        /// From then to the last byte of its answer.
        let latency: Int64
        /// What went wrong.
        let failure: String?
    }

    private struct Protected {
        var samples: [Sample] = []
        var running = 0
    }

    private let path: String
    private let token: [UInt8]
    private let protected = Mutex(Protected())
    private let isStopped = Atomic(false)
    private let end = Occurrence<Void>("the end of the load")

    /// Begins at once.
    ///
    /// - Parameters:
    ///   - path: the socket.
    ///   - token: what every answer must hold.
    ///   - clients: how many connect for each request, and as many that keep their connections.
    ///   - rate: requests a second of all together.
    init(on path: String, token: String, clients: Int, rate: Int) {
        (self.path, self.token) = (path, Array(token.utf8))
        let interval = Int64(2 * clients) * 1_000_000_000 / Int64(rate)
        let start = Self.now
        protected.withLock { $0.running = 2 * clients }
        for number in 0..<(2 * clients) {
            let offset = interval * Int64(number) / Int64(2 * clients)
            let thread = Thread { [self] in run(keepsConnection: number % 2 == 0, from: start + offset, interval) }
            thread.stackSize = 512 * 1_024
            thread.start()
        }
    }

    /// Sends no more requests, and returns what became of those that were sent.
    func stop() async throws -> [Sample] {
        isStopped.store(true, ordering: .releasing)
        try await end.wait()
        return protected.withLock { $0.samples }
    }

    /// How many requests were answered, or failed.
    var count: Int { protected.withLock { $0.samples.count } }

    static var now: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    private func run(keepsConnection: Bool, from start: Int64, _ interval: Int64) {
        var client = LoadClient(path: path, token: token)
        var due = start
        while !isStopped.load(ordering: .acquiring) {
            // The rate is the load itself: nobody waits here for something to have happened.
            var time = timespec(tv_sec: Int(due / 1_000_000_000), tv_nsec: Int(due % 1_000_000_000))
            while clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, nil) == EINTR {}
            let failure = client.ask(keepsConnection: keepsConnection)
            let sample = Sample(due: due, latency: Self.now - due, failure: failure)
            protected.withLock { $0.samples.append(sample) }
            due += interval
        }
        client.disconnect()
        let isLast = protected.withLock { protected in
            protected.running -= 1
            return protected.running == 0
        }
        if isLast { end.happen(()) }
    }
}

/// One client of a ``SteadyLoad``.
private struct LoadClient {
    let path: String
    let token: [UInt8]
    private var descriptor: Int32 = -1

    private static let request = Array("GET /v1/token?profile=reports HTTP/1.1\r\nHost: localhost\r\n\r\n".utf8)

    init(path: String, token: [UInt8]) {
        (self.path, self.token) = (path, token)
    }

    /// Asks once.
    ///
    /// - Returns: what went wrong.
    mutating func ask(keepsConnection: Bool) -> String? {
        if descriptor < 0, let failure = connect() { return failure }
        guard send(descriptor, Self.request, Self.request.count, Int32(MSG_NOSIGNAL)) == Self.request.count else {
            defer { disconnect() }
            return "not sent: errno \(errno)"
        }
        let (answer, failure) = receive()
        // Names of fields have no case (RFC 9110 section 5.1), and NIO writes this one small.
        let isLast = ["Connection: close", "connection: close"].contains { Self.contains(answer, Array($0.utf8)) }
        if failure != nil || isLast || !keepsConnection { disconnect() }
        if let failure { return failure }
        guard answer.starts(with: Array("HTTP/1.1 200 ".utf8)), Self.contains(answer, token) else {
            return String(decoding: answer.prefix(15), as: UTF8.self)
        }
        return nil
    }

    mutating func disconnect() {
        if descriptor >= 0 { close(descriptor) }
        descriptor = -1
    }

    private mutating func connect() -> String? {
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | O_CLOEXEC, 0)
        var limit = timeval(tv_sec: 30, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let result = withUnsafeBytes(of: address) {
            Glibc.connect(
                descriptor,
                $0.baseAddress?.assumingMemoryBound(to: sockaddr.self),
                socklen_t($0.count)
            )
        }
        guard result != 0 else { return nil }
        defer { disconnect() }
        return "not connected: errno \(errno)"
    }

    /// Reads to the end of one answer, whose body is a JSON object and ends with `}`.
    private func receive() -> (answer: [UInt8], failure: String?) {
        var answer: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 8 * 1_024)
        while true {
            let count = recv(descriptor, &chunk, chunk.count, 0)
            guard count > 0 else { return (answer, count == 0 ? "closed without an answer" : "errno \(errno)") }
            answer += chunk[..<count]
            if answer.last == UInt8(ascii: "}") { return (answer, nil) }
        }
    }

    private static func contains(_ bytes: [UInt8], _ part: [UInt8]) -> Bool {
        Data(bytes).range(of: Data(part)) != nil
    }
}
