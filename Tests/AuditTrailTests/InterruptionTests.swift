import AuditChain
import AuditTrail
import Foundation
import Testing
import TokenBroker

/// The daemon may die in the middle of a line.
struct InterruptionTests {
    @Test func aLogThatWasCutAnywhereInItsLastLineGoesOn() async throws {
        let world = try World()
        try await world.session([.generation(1)])
        let whole = try world.bytes()
        let lastLine = try #require(whole.dropLast().lastIndex(of: UInt8(ascii: "\n"))) + 1
        for end in lastLine...whole.count {
            try world.replace("audit.jsonl", whole.prefix(end))
            #expect(try world.verify().summary.unfinishedBytes == (end < whole.count - 1 ? end - lastLine : 0))
            try await world.session([.generation(2)])
            let result = try world.verify()
            #expect(result.faults == [], "cut at \(end)")
            // A cut between lines, or before the last line feed, left nothing that is broken.
            let isBroken = lastLine < end && end < whole.count - 1
            #expect(result.summary.recovered == (isBroken ? 1 : 0), "cut at \(end)")
            #expect(try world.bytes().starts(with: whole.prefix(end)))
        }
    }

    @Test func aCutInTheVeryFirstLineIsNoEnd() async throws {
        let world = try World()
        try await world.session([])
        let whole = try world.bytes()
        for end in [1, whole.count / 2, whole.count - 2] {
            try world.replace("audit.jsonl", whole.prefix(end))
            try await world.session([])
            #expect(try world.verify().faults == [])
        }
    }

    @Test func anInterruptionOfTheRecoveryIsRecoveredFrom() async throws {
        let world = try World()
        try await world.session([.generation(1)])
        let cut = try world.bytes().dropLast(20)
        try world.replace("audit.jsonl", cut)
        try await world.session([])
        let whole = try world.bytes()
        // The line feed, and a part of the line that says so.
        for end in [cut.count + 2, cut.count + 60] {
            try world.replace("audit.jsonl", whole.prefix(end))
            try await world.session([])
            let result = try world.verify()
            #expect(result.faults == [])
            #expect(result.summary.recovered == 1)
        }
    }

    @Test func whatAnInterruptionLeftIsCoveredLikeTheRest() async throws {
        let world = try World()
        try await world.session([.generation(1)])
        try world.replace("audit.jsonl", try world.bytes().dropLast(20))
        try await world.session([.generation(2)])
        let whole = try world.bytes()
        #expect(try world.verify().isValid)
        // All but the last line, which nothing follows.
        let covered = try #require(whole.dropLast().lastIndex(of: UInt8(ascii: "\n")))
        for index in 0..<covered {
            var changed = whole
            changed[index] ^= 1
            try world.replace("audit.jsonl", changed)
            #expect(!(try world.verify().isValid), "byte \(index)")
        }
        var lines = whole.split(separator: UInt8(ascii: "\n")).map { Array($0) }
        lines.remove(at: 1)
        try world.replace("audit.jsonl", lines.joined(separator: [UInt8(ascii: "\n")]) + [UInt8(ascii: "\n")])
        #expect(!(try world.verify().isValid))
    }

    @Test(arguments: [
        "junk\n", "\n", "{}\n", "junk\njunk\n", String(repeating: "\u{0}", count: 65_536),
        String(repeating: "x", count: 300_000),
    ])
    func anEndThatNoBrokerWroteStopsARequiredLog(text: String) async throws {
        let world = try World()
        try await world.session([.generation(1)])
        let whole = try world.bytes() + Array(text.utf8)
        try world.replace("audit.jsonl", whole)
        let log = world.log(isRequired: true)
        let error = await #expect(throws: AuditFileError.self) { try await log.start() }
        #expect(error?.code == .notUnderstood)
        #expect(!log.mayProceed)
        #expect(try world.bytes() == whole)
    }

    @Test func aLogThatIsNotRequiredBeginsANewChainAndKeepsTheOldOne() async throws {
        let world = try World()
        try await world.session((1...20).map { .generation($0) }, maximumSize: 1_000)
        let old = try world.files()
        for number in 1...2 {
            try world.replace("audit.jsonl", try world.bytes() + Array("junk\n".utf8))
            let names = try world.files()
            try await world.session([])
            #expect(try world.files() == ["audit.jsonl"])
            #expect(try world.events() == ["new_chain", "stopped"])
            #expect(try world.verify().isValid)
            let aside = try #require(ChainFolder.files(in: world.folder + "/broken-\(number)"))
            #expect(aside == names)
        }
        #expect(ChainFolder.files(in: world.folder + "/broken-1") == old)
        #expect(world.notices.all.contains { if case .newChain = $0 { true } else { false } })
    }
}
