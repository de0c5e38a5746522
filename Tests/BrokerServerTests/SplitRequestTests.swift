import NIOCore
import Testing

@testable import BrokerServer

@Suite(.timeLimit(.minutes(2)))
struct SplitRequestTests {
    @Test func aRequestThatComesInTwoReadsHasTheSameAnswerWhereverItIsSplit() async throws {
        let world = try World()
        try await world.warm()
        let whole = Array(hotRequest.utf8)
        for position in 1..<whole.count {
            let pipeline = try await TestPipeline(world)
            try await pipeline.receive(String(decoding: whole[..<position], as: UTF8.self))
            try await pipeline.receive(String(decoding: whole[position...], as: UTF8.self))
            #expect(try await pipeline.answer().body == world.tokenBody(), "split at \(position)")
            // What comes next is not answered in front of it, and is answered the same.
            try await pipeline.receive(hotRequest)
            #expect(try await pipeline.answer().body == world.tokenBody(), "after a split at \(position)")
            try await pipeline.channel.close()
        }
    }

    @Test func aRequestThatComesByteByByteOverASocketIsAnswered() async throws {
        let world = try World()
        try await world.warm()
        try await world.serving {
            let client = try await world.client()
            for byte in hotRequest { #expect(await client.sent(String(byte))) }
            #expect(try await client.answer().body == world.tokenBody())
            await client.close()
        }
    }

    @Test func twoRequestsSplitAnywhereAreAnsweredInOrder() async throws {
        let world = try World()
        try await world.warm()
        let whole = Array((hotRequest + get("/v1/profiles")).utf8)
        for position in 1..<whole.count {
            let pipeline = try await TestPipeline(world)
            try await pipeline.receive(String(decoding: whole[..<position], as: UTF8.self))
            try await pipeline.receive(String(decoding: whole[position...], as: UTF8.self))
            #expect(try await pipeline.answer().body == world.tokenBody(), "split at \(position)")
            #expect(try await pipeline.answer().body == #"{"profiles":["archive","reports"]}"#, "split at \(position)")
            try await pipeline.channel.close()
        }
    }
}
