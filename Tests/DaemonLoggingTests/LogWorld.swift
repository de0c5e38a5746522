import Foundation
import Logging

@testable import DaemonLogging

/// A logger, and what it writes to.
struct LogWorld {
    let levels: LogLevels
    let retries = Retries()
    let logger: Logger
    /// 2026-11-27T08:41:34.125Z.
    static let now = Date(timeIntervalSince1970: 1_795_768_894.125)

    init(
        _ configuration: LogConfiguration,
        journalStream: String? = nil,
        descriptor: Int32 = -1,
        provider: Logger.MetadataProvider? = nil
    ) {
        let retries = retries
        let levels = LogLevels(configured: configuration.level)
        self.levels = levels
        let destination = LogDestination(
            configuration,
            journalStream: journalStream,
            descriptor: descriptor,
            later: { retries.add($0) }
        )
        logger = Logger(label: "iam-brokerd") { _ in
            DaemonLogHandler(destination, levels: levels, now: { Self.now }, metadataProvider: provider)
        }
    }
}

/// A pipe that is read only when a test says so.
final class Outlet {
    private let pipe = Pipe()
    var descriptor: Int32 { pipe.fileHandleForWriting.fileDescriptor }

    init() throws {
        let reader = pipe.fileHandleForReading.fileDescriptor
        _ = fcntl(reader, F_SETFL, O_NONBLOCK)
    }

    /// What is in it now.
    func read() -> String {
        var all: [UInt8] = []
        var bytes = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = Glibc.read(pipe.fileHandleForReading.fileDescriptor, &bytes, bytes.count)
            guard count > 0 else { break }
            all += bytes.prefix(count)
        }
        return String(decoding: all, as: UTF8.self)
    }

    var lines: [Substring] { read().split(separator: "\n") }
}
