import AccessPolicy
import AuditChain
import AuditTrail
import BrokerTesting
import Foundation
import Testing
import TokenBroker

/// A log in a folder of its own, with clocks that stand still.
struct World {
    let scratch: ScratchFolder
    let folder: String
    let time = ManualTime()
    let notices = Notices()

    init() throws {
        scratch = try ScratchFolder()
        folder = scratch.path + "/audit"
    }

    func log(
        isRequired: Bool = false,
        maximumSize: Int = 1 << 20,
        keptFiles: Int = 10,
        queueCapacity: Int = 10_000
    ) -> AuditFile {
        let configuration = AuditFileConfiguration(
            folder: folder,
            isRequired: isRequired,
            maximumSize: maximumSize,
            keptFiles: keptFiles,
            queueCapacity: queueCapacity
        )
        return AuditFile(configuration, time: time, notify: notices.add)
    }

    /// Runs a log that records `events`, from its start to its stop.
    func session(_ events: [AuditEvent], maximumSize: Int = 1 << 20) async throws {
        let log = log(maximumSize: maximumSize, keptFiles: 1_000)
        try await log.start()
        for event in events { log.record(event) }
        await log.stop()
    }

    var current: String { folder + "/audit.jsonl" }

    // MARK: What is in the files

    func files() throws -> [String] { try #require(ChainFolder.files(in: folder)) }

    func bytes(_ name: String = "audit.jsonl") throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(filePath: folder + "/" + name)))
    }

    func replace(_ name: String = "audit.jsonl", _ bytes: some Sequence<UInt8>) throws {
        try Data(bytes).write(to: URL(filePath: folder + "/" + name))
    }

    func lines(_ name: String = "audit.jsonl") throws -> [String] {
        String(decoding: try bytes(name), as: UTF8.self).split(separator: "\n").map(String.init)
    }

    func allLines() throws -> [String] { try files().flatMap { try lines($0) } }

    /// The `event` of each line.
    func events() throws -> [String] {
        try allLines().map { try ChainedLine(parsing: Array($0.utf8)).event }
    }

    func verify(isWholeLog: Bool = true, expecting head: ChainHead? = nil) throws -> Verification {
        let texts = try files().map { ($0, try bytes($0)) }
        return try Verification(texts, isWholeLog: isWholeLog, expecting: head)
    }
}

extension AuditEvent {
    static func generation(_ number: Int) -> AuditEvent { .policyLoaded(generation: UInt64(number)) }
}
