import CloudSimulator
import Foundation
import Glibc
import JOSE
import Synchronization
import Testing

/// Uses published API keys without pause, as a program would that reads its key file each time.
final class KeyConsumer: Sendable {
    private struct State {
        var uses = 0
        var exchanges = 0
        var failures: [String] = []
        var keys: Set<String> = []
        var isOver = false
    }

    private let cloud: CloudSimulator
    private let port: UInt16
    private let files: [String]
    private let state = Mutex(State())

    /// - Parameters:
    ///   - cloud: knows which keys work.
    ///   - url: where it is.
    ///   - files: those that hold the keys.
    /// - Throws: an issue when the URL has no port.
    init(_ cloud: CloudSimulator, at url: String, files: [String]) throws {
        self.cloud = cloud
        self.files = files
        port = try #require(URLComponents(string: url)?.port.flatMap(UInt16.init(exactly:)))
    }

    var uses: Int { state.withLock { $0.uses } }
    var exchanges: Int { state.withLock { $0.exchanges } }
    var failures: [String] { state.withLock { $0.failures } }
    /// How many different keys were used.
    var keyCount: Int { state.withLock { $0.keys.count } }

    func stop() { state.withLock { $0.isOver = true } }

    /// Looks every 10 ms whether each file holds a key that works, and exchanges one of them for a token over the network.
    func run() throws {
        let connection = try Connection(port: port)
        var turn = 0
        let timer = DispatchSource.makeTimerSource()
        let ticks = DispatchSemaphore(value: 0)
        timer.schedule(deadline: .now(), repeating: .milliseconds(10))
        timer.setEventHandler { ticks.signal() }
        timer.activate()
        defer { timer.cancel() }
        while !state.withLock({ $0.isOver }) {
            ticks.wait()
            let keys = try files.map { try String(contentsOfFile: $0, encoding: .utf8) }
            let known = cloud.apiKeys
            for (file, key) in zip(files, keys) { look(key, file, known) }
            let index = turn % files.count
            turn += 1
            try exchange(keys[index], files[index], connection)
        }
    }

    private func look(_ text: String, _ file: String, _ known: [SimulatedAPIKey]) {
        let value = text.filter { !$0.isWhitespace }
        let found = known.first { $0.value.exposed == value }
        state.withLock { state in
            state.uses += 1
            if let found, !found.isDisabled {
                state.keys.insert(found.id)
            } else {
                let name = URL(filePath: file).lastPathComponent
                state.failures.append("\(name) holds \(found.map { "\($0.id), disabled" } ?? "no key that there is")")
            }
        }
    }

    private func exchange(_ text: String, _ file: String, _ connection: Connection) throws {
        let value = text.filter { !$0.isWhitespace }
        let body = "grant_type=urn%3Aibm%3Aparams%3Aoauth%3Agrant-type%3Aapikey&apikey=\(value)"
        try connection.send(
            "POST /identity/token HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"
                + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
        )
        let reply = try #require(try connection.receive(), "the cloud closed without an answer")
        state.withLock { state in
            state.exchanges += 1
            if reply.status != 200 {
                state.failures.append("\(URL(filePath: file).lastPathComponent): no token, status \(reply.status)")
            }
        }
    }
}
