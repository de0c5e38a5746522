import CLinux
import Foundation
import Logging
import Testing

@testable import DaemonLogging

@Suite struct JournalTests {
    private func world(_ journal: JournalStandIn, stderr: Int32 = -1) -> LogWorld {
        LogWorld(LogConfiguration(target: .journal, level: .trace, journalSocket: journal.path), descriptor: stderr)
    }

    @Test func anEntryHasTheFieldsOfTheJournalAndOurs() throws {
        let journal = try JournalStandIn()
        world(journal).logger
            .notice(
                "Token denied",
                metadata: ["workload.uid": "7", "reason": "a b"],
                file: "F.swift",
                function: "f()",
                line: 12
            )
        let entry = try #require(try journal.receive())
        #expect(
            entry.map { "\($0.name)=\(String(decoding: $0.value, as: UTF8.self))" } == [
                #"MESSAGE=Token denied reason="a b" workload.uid=7"#, "PRIORITY=5", "SYSLOG_IDENTIFIER=iam-brokerd",
                "CODE_FILE=F.swift", "CODE_LINE=12", "CODE_FUNC=f()", "IAM_BROKER_REASON=a b",
                "IAM_BROKER_WORKLOAD_UID=7",
            ]
        )
    }

    @Test(arguments: [
        (Logger.Level.trace, "7"), (.debug, "7"), (.info, "6"), (.notice, "5"), (.warning, "4"), (.error, "3"),
        (.critical, "2"),
    ])
    func levelsArePriorities(level: Logger.Level, priority: String) throws {
        let journal = try JournalStandIn()
        world(journal).logger.log(level: level, "x")
        #expect(try #require(try journal.receive())["PRIORITY"] == [priority])
    }

    @Test(arguments: LogLineTests.hostile + ["a\nPRIORITY=0\n_UID=0", "\nMESSAGE=forged\n"])
    func noValueForgesAField(value: String) throws {
        let journal = try JournalStandIn()
        world(journal).logger.info("x", metadata: ["reason": "\(value)", "not known": "\(value)"])
        let entry = try #require(try journal.receive())
        #expect(entry.count == 8)
        #expect(entry["IAM_BROKER_REASON"] == [value])
        #expect(entry["IAM_BROKER_OTHER"] == ["not_known=\(value)"])
        #expect(entry["PRIORITY"] == ["6"])
        #expect(entry["MESSAGE"].first?.contains("\n") == false)
    }

    @Test func namesThatAreNotOursMakeNoNamesInTheJournal() throws {
        let journal = try JournalStandIn()
        world(journal).logger
            .info("x", metadata: ["message": "1", "PRIORITY": "0", "_UID": "0", "ahc-request-id": "5"])
        let entry = try #require(try journal.receive())
        #expect(entry["IAM_BROKER_OTHER"] == ["PRIORITY=0", "_UID=0", "ahc-request-id=5", "message=1"])
        #expect(entry["PRIORITY"] == ["6"] && entry["_UID"].isEmpty && entry["MESSAGE"].count == 1)
    }

    @Test func whatIsTooLargeForADatagramComesInASealedFile() throws {
        let journal = try JournalStandIn()
        let long = String(repeating: "ab\n", count: 20_000)
        let world = world(journal)
        // Many of them, so that no limit of a socket's buffer is large enough.
        let metadata = Dictionary(uniqueKeysWithValues: (0..<60).map { ("f\($0)", Logger.MetadataValue.string(long)) })
        world.logger.info("x", metadata: metadata)
        let descriptors = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count
        let entry = try #require(try journal.receive())
        #expect(entry["IAM_BROKER_OTHER"].count == 60)
        #expect(entry["IAM_BROKER_OTHER"].allSatisfy { $0.hasSuffix(long) })
        #expect(descriptors < 1_000)
    }

    @Test func aFullJournalStopsNobodyAndWhatWasLostIsTold() throws {
        let journal = try JournalStandIn()
        let world = world(journal)
        // More than the queue of the socket and what waits hold.
        let padding = Logger.MetadataValue.string(String(repeating: "p", count: 60_000))
        for number in 0..<600 { world.logger.info("line", metadata: ["times": "\(number)", "folder": padding]) }
        var seen: [Int] = []
        var lost = 0
        repeat {
            while let entry = try journal.receive() {
                seen += entry["IAM_BROKER_TIMES"].compactMap { Int($0) }
                lost += entry["IAM_BROKER_LOG_LOST"].compactMap { Int($0) }.reduce(0, +)
            }
        } while world.retries.run() > 0
        #expect(lost > 0)
        #expect(seen.count + lost == 600)
        #expect(seen == Array(0..<seen.count))
        world.logger.info("again", metadata: ["times": "600"])
        #expect(try journal.receive()?["IAM_BROKER_TIMES"] == ["600"])
    }

    @Test func withoutAJournalLinesGoToStandardErrorAndComeBackLater() throws {
        let journal = try JournalStandIn()
        let outlet = try Outlet()
        let world = world(journal, stderr: outlet.descriptor)
        try journal.stop()
        world.logger.info("one")
        #expect(outlet.read().hasSuffix("info one\n"))
        try journal.listen()
        world.logger.info("two")
        #expect(try journal.receive()?["MESSAGE"] == ["two"])
        #expect(outlet.read().isEmpty)
    }

    @Test func theNamesInTheJournalAreThoseOfTheSources() throws {
        let sources = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Sources")
        var names: Set<String> = []
        for target in ["BrokerDaemon", "BrokerServer", "DaemonLogging", "TokenBroker", "TraceExport"] {
            let folder = sources.appending(path: target)
            guard FileManager.default.fileExists(atPath: folder.path()) else { continue }
            for path in try FileManager.default.subpathsOfDirectory(atPath: folder.path())
            where path.hasSuffix(".swift") {
                let text = try String(contentsOf: folder.appending(path: path), encoding: .utf8)
                guard text.contains("import Logging") else { continue }
                names.formUnion(text.matches(of: /"([a-z_]+(?:\.[a-z_]+)*)": ?"\\\(/).map { String($0.1) })
                names.formUnion(text.matches(of: /(?:metadata|places)\["([a-z_.]+)"\] =/).map { String($0.1) })
            }
        }
        try #require(names.count > 30)
        #expect(names.subtracting(JournalField.known).sorted() == [])
        #expect(JournalField.known.subtracting(names).sorted() == [])
        #expect(JournalField.known.allSatisfy { (JournalField.name(of: $0) ?? "").utf8.count <= 64 })
    }
}
