import CLinux
import Foundation
import Logging
import Testing

@testable import DaemonLogging

@Suite struct LogDestinationTests {
    @Test func aFullPipeStopsNobodyAndNothingIsCutOrMixed() throws {
        let outlet = try Outlet()
        let world = LogWorld(LogConfiguration(target: .stderr), descriptor: outlet.descriptor)
        let padding = Logger.MetadataValue.string(String(repeating: "p", count: 5_000))
        for number in 0..<600 { world.logger.info("line", metadata: ["a": "\(number)", "b": padding]) }
        var text = ""
        repeat { text += outlet.read() } while world.retries.run() > 0
        text += outlet.read()
        let lines = text.split(separator: "\n")
        let numbers = lines.compactMap {
            $0.firstMatch(of: /^2026-11-27T08:41:34\.125Z info line a=([0-9]+) b=p{5000}$/)?.1
        }
        let lost = lines.compactMap { $0.firstMatch(of: /warning Log lines were lost.* log\.lost=([0-9]+)$/)?.1 }
            .compactMap { Int($0) }.reduce(0, +)
        #expect(lost > 0 && numbers.count + lost == 600)
        #expect(numbers.compactMap { Int($0) } == Array(0..<numbers.count))
    }

    @Test func whatFitsIntoMemoryIsNotLost() throws {
        let outlet = try Outlet()
        let world = LogWorld(LogConfiguration(target: .stderr), descriptor: outlet.descriptor)
        let padding = Logger.MetadataValue.string(String(repeating: "p", count: 500))
        for number in 0..<600 { world.logger.info("line", metadata: ["a": "\(number)", "b": padding]) }
        var text = ""
        repeat { text += outlet.read() } while world.retries.run() > 0
        text += outlet.read()
        #expect(text.split(separator: "\n").count == 600)
        #expect(!text.contains("lost"))
    }

    @Test func aSocketThatNobodyReadsStopsNobody() throws {
        var ends: [Int32] = [0, 0]
        try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
        defer { for end in ends { close(end) } }
        let world = LogWorld(LogConfiguration(target: .stderr, format: .json), descriptor: ends[0])
        for number in 0..<5_000 {
            world.logger.info("line", metadata: ["a": "\(number)", "b": "\(String(repeating: "p", count: 500))"])
        }
        var text: [UInt8] = []
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        repeat {
            while true {
                let count = recv(ends[1], &bytes, bytes.count, Int32(MSG_DONTWAIT))
                guard count > 0 else { break }
                text += bytes.prefix(count)
            }
        } while world.retries.run() > 0
        let lines = String(decoding: text, as: UTF8.self).split(separator: "\n")
        let objects = try lines.map { try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any] }
        let fields = objects.compactMap { $0?["fields"] as? [String: String] }
        let lost = fields.compactMap { $0["log.lost"].flatMap { Int($0) } }.reduce(0, +)
        #expect(lost > 0 && fields.count { $0["a"] != nil } + lost == 5_000)
    }

    @Test func whatNobodyTakesIsCountedAndNotKept() throws {
        // Nothing has this number.
        let world = LogWorld(LogConfiguration(target: .stderr), descriptor: 1_000_000)
        for _ in 0..<10 { world.logger.info("line") }
        #expect(world.retries.run() == 0)
    }

    @Test(arguments: [
        (LogConfiguration.Target.auto, true, true), (.auto, false, false), (.journal, false, true),
        (.stderr, true, false),
    ])
    func autoIsTheJournalWhereStandardErrorIs(target: LogConfiguration.Target, named: Bool, toJournal: Bool) throws {
        let journal = try JournalStandIn()
        let outlet = try Outlet()
        var status = clinux_file_status()
        try #require(clinux_read_status(outlet.descriptor, "", 0, &status) == 0)
        let stream = named ? "\(status.device):\(status.inode)" : "\(status.device):\(status.inode + 1)"
        let world = LogWorld(
            LogConfiguration(target: target, journalSocket: journal.path),
            journalStream: stream,
            descriptor: outlet.descriptor
        )
        world.logger.info("line")
        #expect(try (journal.receive() != nil) == toJournal)
        #expect(outlet.read().isEmpty == toJournal)
    }

    @Test(arguments: [nil, "", ":", "1", "1:", ":1", "-1:2", "1:2:3", "x:y", "18446744073709551616:1", " 1:2"])
    func whatIsNoDeviceAndInodeIsNoJournal(variable: String?) {
        #expect(!JournalStream.isConnected(variable, 0))
    }
}
