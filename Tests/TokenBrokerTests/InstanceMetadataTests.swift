import BrokerTesting
import FoundationEssentials
import JOSE
import Testing
import TokenBroker

/// What is read of the instance is kept for a short time, and asked for once however many want it.
struct InstanceMetadataTests {
    private static let query = MetadataQuery(path: "instance")

    /// Metadata with a scripted service and clocks that stand still.
    private struct Reader {
        let time = ManualTime()
        let source: ScriptedMetadataSource
        let identity: ScriptedIdentitySource
        let metadata: InstanceMetadata

        /// Without a source, each answer is a document with its number.
        init(
            keep: Duration = .seconds(60),
            source: ScriptedMetadataSource? = nil,
            identity: ScriptedIdentitySource = ScriptedIdentitySource(always: World.identityToken())
        ) {
            let source = source ?? ScriptedMetadataSource { _ in .document(size: 100) }
            (self.source, self.identity) = (source, identity)
            metadata = InstanceMetadata(
                source: source,
                identity: IdentityTokens(source: identity, time: time),
                time: time,
                keep: keep
            )
        }

        func code(_ query: MetadataQuery = InstanceMetadataTests.query) async -> AcquisitionError.Code? {
            do {
                _ = try await metadata.answer(query, for: 1)
                return nil
            } catch {
                return error.code
            }
        }

        /// How many calls there were after each of `paths` was asked for.
        func ask(_ paths: [String]) async throws -> Int {
            for path in paths { _ = try await metadata.answer(MetadataQuery(path: path), for: 1) }
            return source.calls.count
        }
    }

    @Test(arguments: [(0, 1), (59, 1), (60, 2), (61, 2)])
    func anAnswerIsKeptForItsTime(seconds: Int, calls: Int) async throws {
        let reader = Reader()
        let first = try await reader.metadata.answer(Self.query, for: 1)
        reader.time.advance(by: .seconds(seconds))
        #expect(try await reader.metadata.answer(Self.query, for: 1) == first)
        #expect(reader.source.calls.count == calls)
    }

    @Test func theTimeCountsFromTheQuestion() async throws {
        let reader = Reader()
        reader.source.script.hold()
        let slow = Task { try await reader.metadata.answer(Self.query, for: 1) }
        await reader.source.script.arrivals(1)
        reader.time.advance(by: .seconds(59))
        reader.source.script.release()
        _ = try await slow.value
        #expect(try await reader.ask(["instance"]) == 1)
        reader.time.advance(by: .seconds(1))
        #expect(try await reader.ask(["instance"]) == 2)
    }

    @Test func theWallClockDoesNotCount() async throws {
        let reader = Reader()
        _ = try await reader.ask(["instance"])
        reader.time.setWall(by: -86_400)
        reader.time.advance(by: .seconds(60))
        #expect(try await reader.ask(["instance"]) == 2)
    }

    @Test func withoutATimeNothingIsKept() async throws {
        let reader = Reader(keep: .zero)
        #expect(try await reader.ask(["instance", "instance", "instance"]) == 3)
    }

    @Test func whatIsNotThereIsKeptToo() async throws {
        let reader = Reader(source: ScriptedMetadataSource(.success(.notFound)))
        for _ in 1...2 { #expect(try await reader.metadata.answer(Self.query, for: 1) == .notFound) }
        #expect(reader.source.calls.count == 1)
    }

    @Test func eachPageIsAQuestionOfItsOwn() async throws {
        let reader = Reader()
        let queries = [
            MetadataQuery(path: "keys"), MetadataQuery(path: "keys", start: "a"),
            MetadataQuery(path: "keys", start: "b"), MetadataQuery(path: "keys", limit: 1),
            MetadataQuery(path: "keys", start: "a", limit: 1),
        ]
        for query in queries + queries { _ = try await reader.metadata.answer(query, for: 1) }
        // What pages are called is up to who asks, so those that are named are not kept.
        #expect(reader.source.calls.map(\.query) == queries + queries.filter { $0.start != nil || $0.limit != nil })
    }

    @Test func aThousandCallersMakeOneCall() async throws {
        // Who comes after the answer is served what is kept; the others have come before it.
        let reader = Reader(keep: .seconds(60))
        reader.source.script.hold()
        let answers = try await withThrowingTaskGroup(of: MetadataAnswer.self) { group in
            for _ in 0..<1_000 { group.addTask { try await reader.metadata.answer(Self.query, for: 1) } }
            await reader.source.script.arrivals(1)
            reader.source.script.release()
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(answers.count == 1_000)
        #expect(reader.source.calls.count == 1)
    }

    @Test func aCallerWhoGoesAwayHarmsNobody() async throws {
        let reader = Reader()
        reader.source.script.hold()
        let impatient = Task { try await reader.metadata.answer(Self.query, for: 1) }
        await reader.source.script.arrivals(1)
        impatient.cancel()
        reader.source.script.release()
        #expect(try await impatient.value == .document([UInt8](repeating: 0x20, count: 100)))
        #expect(try await reader.ask(["instance"]) == 1)
    }

    // MARK: Bounds

    @Test func oneUserCannotTakeAllQuestionsAtOnce() async throws {
        let reader = Reader()
        reader.source.script.hold()
        func ask(_ path: String, _ user: UInt32) -> Task<MetadataAnswer, any Error> {
            Task { try await reader.metadata.answer(MetadataQuery(path: path), for: user) }
        }
        let own = (0..<4).map { ask("keys/\($0)", 1) }
        await reader.source.script.arrivals(4)
        let error = await #expect(throws: AcquisitionError.self) { try await ask("keys/4", 1).value }
        #expect(error?.message.contains("4 of this user's other questions wait") == true)
        // What is asked already costs nothing, and others have places.
        let shared = ask("keys/0", 1)
        let other = ask("keys/4", 2)
        await reader.source.script.arrivals(5)
        reader.source.script.release()
        for task in own + [shared, other] {
            #expect(try await task.value == .document([UInt8](repeating: 0x20, count: 100)))
        }
        _ = try await ask("keys/5", 1).value
    }

    @Test func theSixtyFifthAnswerTakesThePlaceOfTheFirst() async throws {
        let reader = Reader()
        let paths = (0...64).map { "keys/\($0)" }
        #expect(try await reader.ask(Array(paths.prefix(64))) == 64)
        #expect(try await reader.ask(paths) == 65)
        #expect(try await reader.ask([paths[0]]) == 66)
        #expect(try await reader.ask([paths[2]]) == 66)
    }

    @Test(arguments: [(0, 2), (1, 3)])
    func eightMebibytesAreKept(more: Int, calls: Int) async throws {
        // The paths count, too: two of them.
        let half = 4 * 1_024 * 1_024 - 1
        let reader = Reader(
            source: ScriptedMetadataSource { call in .document(size: call.query.path == "b" ? half + more : half) }
        )
        #expect(try await reader.ask(["a", "b"]) == 2)
        #expect(try await reader.ask(["a"]) == calls)
    }

    @Test(arguments: [(0, 1), (1, 2)])
    func anAnswerThatIsTooLargeIsNotKept(more: Int, calls: Int) async throws {
        let reader = Reader(source: ScriptedMetadataSource { _ in .document(size: 8 * 1_024 * 1_024 - 1 + more) })
        #expect(try await reader.ask(["a", "a"]) == calls)
    }

    @Test func whatIsTooOldMakesRoom() async throws {
        let reader = Reader()
        _ = try await reader.ask((0..<64).map { "keys/\($0)" })
        reader.time.advance(by: .seconds(60))
        #expect(try await reader.ask(["a", "b"]) == 66)
        #expect(try await reader.ask(["a", "b"]) == 66)
    }

    @Test func sixteenDifferentQuestionsWaitAtATime() async throws {
        let reader = Reader()
        reader.source.script.hold()
        let waiting = (1...16)
            .map { number in
                Task { try await reader.metadata.answer(MetadataQuery(path: "keys/\(number)"), for: UInt32(number)) }
            }
        await reader.source.script.arrivals(16)
        #expect(await reader.code(MetadataQuery(path: "keys/17")) == .rateLimited)
        reader.source.script.release()
        for task in waiting { _ = try await task.value }
        #expect(try await reader.ask(["keys/17", "keys/1"]) == 17)
    }

    @Test(arguments: [
        MetadataQuery(path: ""), MetadataQuery(path: "/instance"), MetadataQuery(path: "instance/../keys"),
        MetadataQuery(path: "Instance"), MetadataQuery(path: "keys", start: ""),
        MetadataQuery(path: "keys", start: "a b"), MetadataQuery(path: "keys", start: "\u{E9}"),
        MetadataQuery(path: "keys", start: String(repeating: "a", count: 1_025)), MetadataQuery(path: "keys", limit: 0),
    ])
    func aMalformedQuestionIsNotSent(query: MetadataQuery) async {
        let reader = Reader()
        #expect(await reader.code(query) == .requestRejected)
        #expect(reader.source.calls.isEmpty)
        #expect(reader.identity.callCount == 0)
    }

    // MARK: Failures

    @Test func aFailureIsToldAndForgotten() async throws {
        let reader = Reader(source: ScriptedMetadataSource(.error(.upstreamFailed), .document(size: 1)))
        #expect(await reader.code() == .upstreamFailed)
        #expect(await reader.code() == nil)
        #expect(reader.source.calls.count == 2)
    }

    @Test(arguments: [(9, 1), (10, 2)])
    func theServiceIsLeftAloneForAsLongAsItAsks(seconds: Int, calls: Int) async throws {
        let reader = Reader(
            source: ScriptedMetadataSource(.error(.rateLimited, retryAfter: .seconds(10)), .document(size: 1))
        )
        #expect(await reader.code() == .rateLimited)
        reader.time.advance(by: .seconds(seconds))
        #expect(await reader.code(MetadataQuery(path: "keys")) == (calls == 1 ? .rateLimited : nil))
        #expect(reader.source.calls.count == calls)
    }

    @Test func whatIsKeptIsServedWhileTheServiceIsLeftAlone() async throws {
        let reader = Reader(
            source: ScriptedMetadataSource(.document(size: 1), .error(.rateLimited, retryAfter: .seconds(10)))
        )
        #expect(await reader.code() == nil)
        #expect(await reader.code(MetadataQuery(path: "keys")) == .rateLimited)
        #expect(await reader.code() == nil)
    }

    @Test func aTokenThatIsNotAcceptedIsReplacedOnce() async throws {
        let identity = ScriptedIdentitySource(
            .success(World.identityToken("first")),
            .success(World.identityToken("second")),
            .success(World.identityToken("third"))
        )
        let reader = Reader(
            source: ScriptedMetadataSource(.error(.identityRejected), .document(size: 1), .error(.identityRejected)),
            identity: identity
        )
        #expect(await reader.code() == nil)
        #expect(reader.source.calls.map(\.identity.compact.exposed) == ["first", "second"])
        reader.source.script.append(.error(.identityRejected))
        #expect(await reader.code(MetadataQuery(path: "keys")) == .identityRejected)
        #expect(reader.source.calls.map(\.identity.compact.exposed) == ["first", "second", "second", "third"])
    }

    @Test func withoutAnIdentityNothingIsAsked() async throws {
        let identity = ScriptedIdentitySource(.failure(AcquisitionError(.timedOut, "scripted")))
        let reader = Reader(identity: identity)
        #expect(await reader.code() == .timedOut)
        #expect(reader.source.calls.isEmpty)
    }
}

extension ScriptedMetadataSource.Outcome {
    fileprivate static func document(size: Int) -> Self { .success(.document([UInt8](repeating: 0x20, count: size))) }

    fileprivate static func error(_ code: AcquisitionError.Code, retryAfter: Duration? = nil) -> Self {
        .failure(AcquisitionError(code, "scripted", retryAfter: retryAfter))
    }
}
