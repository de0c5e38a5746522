internal import CLinux
internal import Glibc

/// Asks a server on a Unix socket for the same thing over and over, on one thread.
struct LoadClient {
    var socket: String
    /// The bytes of one HTTP/1.1 request.
    var request: [UInt8]
    var connections = 32
    /// How long to measure, and how long to ask before measuring, in seconds.
    var seconds = 5.0
    var warmup = 1.0
    /// A new connection for each request.
    var isReconnecting = false
    /// The process whose CPU time is read.
    var server: ProcessFigures?

    /// A request for `path`.
    static func get(_ path: String) -> [UInt8] {
        Array("GET \(path) HTTP/1.1\r\nHost: localhost\r\nAccept: application/json\r\n\r\n".utf8)
    }

    /// After so many errors a run has nothing to say.
    private static let maximumErrors = 1_000

    func run() throws(BenchmarkError) -> LoadReport {
        let epoll = clinux_epoll_create()
        guard epoll >= 0 else { throw BenchmarkError("could not wait for answers", errno: -epoll) }
        defer { close(epoll) }
        var open: [LoadConnection] = []
        for index in 0..<connections {
            let connection = try LoadConnection(to: socket)
            try watch(connection, index, epoll)
            open.append(connection)
        }
        let begin = MonotonicClock.now
        for connection in open { try connection.send(request, at: MonotonicClock.now) }

        var measurement = Measurement(begin: begin + Int64(warmup * 1e9), length: Int64(seconds * 1e9))
        var events = [clinux_epoll_event](repeating: .init(), count: 256)
        while measurement.now < measurement.end {
            let wait = Int32(clamping: (measurement.end - measurement.now) / 1_000_000 + 1)
            let count = clinux_epoll_wait(epoll, &events, 256, wait)
            guard count >= 0 else { throw BenchmarkError("could not wait for answers", errno: -count) }
            measurement.now = MonotonicClock.now
            if measurement.hasBegun, measurement.serverCPU == nil { measurement.serverCPU = try server?.cpuSeconds() }
            for event in events[..<Int(count)] {
                let index = Int(event.token)
                try serve(open[index], index, epoll, &measurement)
            }
            guard measurement.errors <= Self.maximumErrors else {
                throw BenchmarkError(
                    "more than \(Self.maximumErrors) requests failed, the last with \(measurement.lastError)"
                )
            }
        }
        return try measurement.report(server)
    }

    /// The size of one answer, which must be 200.
    func sizeOfOneResponse() throws(BenchmarkError) -> Int {
        let connection = try LoadConnection(to: socket)
        try connection.send(request, at: MonotonicClock.now)
        let deadline = MonotonicClock.now + 5_000_000_000
        while MonotonicClock.now < deadline {
            var descriptor = pollfd(fd: connection.descriptor, events: Int16(POLLIN), revents: 0)
            guard poll(&descriptor, 1, 1_000) >= 0 else { throw BenchmarkError("could not wait", errno: errno) }
            switch try connection.read() {
            case .nothing: continue
            case .response(200, let size): return size
            case .response(let status, _): throw BenchmarkError("\(socket) answered with status \(status)")
            case .closed: throw BenchmarkError("\(socket) closed the connection without an answer")
            }
        }
        throw BenchmarkError("\(socket) did not answer within 5 s")
    }

    private func serve(
        _ connection: LoadConnection,
        _ index: Int,
        _ epoll: Int32,
        _ measurement: inout Measurement
    ) throws(BenchmarkError) {
        switch try connection.read() {
        case .nothing:
            return
        case .response(let status, let size):
            let now = MonotonicClock.now
            measurement.record(status, size, startedAt: connection.startedAt, now: now)
            if isReconnecting {
                try connection.reopen(to: socket)
                try watch(connection, index, epoll)
            }
            try connection.send(request, at: now)
        case .closed:
            measurement.fail("a closed connection")
            try connection.reopen(to: socket)
            try watch(connection, index, epoll)
            try connection.send(request, at: MonotonicClock.now)
        }
    }

    private func watch(_ connection: LoadConnection, _ index: Int, _ epoll: Int32) throws(BenchmarkError) {
        let result = clinux_epoll_add(epoll, connection.descriptor, UInt32(CLINUX_EPOLL_IN), UInt64(index))
        guard result == 0 else { throw BenchmarkError("could not watch a connection", errno: -result) }
    }
}

/// What has been counted since the warm-up ended; errors count from the start.
private struct Measurement {
    let begin: Int64
    let end: Int64
    var now: Int64
    var serverCPU: Double?
    private(set) var errors = 0
    private(set) var lastError = ""
    private var histogram = LatencyHistogram()
    private var size = 0

    init(begin: Int64, length: Int64) {
        self.begin = begin
        end = begin + length
        now = MonotonicClock.now
    }

    var hasBegun: Bool { now >= begin }

    mutating func record(_ status: Int, _ size: Int, startedAt: Int64, now: Int64) {
        guard status == 200 else { return fail("status \(status)") }
        self.size = size
        if now >= begin, now < end { histogram.record(now - startedAt) }
    }

    mutating func fail(_ error: String) {
        errors += 1
        lastError = error
    }

    func report(_ server: ProcessFigures?) throws(BenchmarkError) -> LoadReport {
        guard histogram.count > 0 else { throw BenchmarkError("the server did not answer in time") }
        let spent: Double? = if let server, let serverCPU { try server.cpuSeconds() - serverCPU } else { nil }
        return LoadReport(
            histogram,
            errors: errors,
            nanoseconds: end - begin,
            bytesPerResponse: size,
            serverCPU: spent
        )
    }
}
