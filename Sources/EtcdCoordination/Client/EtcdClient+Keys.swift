internal import FoundationEssentials

/// Reading and writing.
extension EtcdClient {
    /// What a reading found, and when.
    struct Reading: Sendable {
        let values: [EtcdValue]
        /// The revision of the cluster that was read.
        let revision: Int64
    }

    /// What came of a transaction.
    struct Outcome: Sendable {
        let succeeded: Bool
        /// What its readings found, in their order.
        let values: [EtcdValue?]
        /// That of its writes, if it wrote.
        let revision: Int64
    }

    func value(
        of key: String,
        within time: Duration? = nil
    ) async throws(EtcdError) -> (value: EtcdValue?, revision: Int64) {
        let (answer, revision) = try await range(Wire.Range(key: Data(key.utf8)), within: time)
        return (answer.first, revision)
    }

    /// All keys of a span as they are at one revision, in their order or the other way around.
    ///
    /// They are read in pages, the shorter the longer the values are: one answer never has more than ``answerLimit``.
    ///
    /// - Parameters:
    ///   - span: which keys.
    ///   - limit: how many at most.
    ///   - isDescending: whether the last come first.
    ///   - keysOnly: whether their values are left out.
    /// - Returns: the keys.
    /// - Throws: ``EtcdError``; with ``EtcdError/Code/compacted`` when the reading took too long.
    func values(
        in span: KeySpan,
        limit: Int = .max,
        isDescending: Bool = false,
        keysOnly: Bool = false
    ) async throws(EtcdError) -> Reading {
        var page = 256
        var (values, revision): ([EtcdValue], Int64) = ([], 0)
        var rest = span
        var pages = 0
        while values.count < limit {
            pages += 1
            guard pages <= Self.pageLimit else {
                throw EtcdError(.tooLarge, "etcd has more keys from \(span.start) on than are read")
            }
            var request = Wire.Range(
                key: Data(rest.start.utf8),
                rangeEnd: rest.end.map { Data($0.utf8) },
                limit: Number64(Int64(min(page, limit - values.count)))
            )
            if revision > 0 { request.revision = Number64(revision) }
            if isDescending { (request.sortOrder, request.sortTarget) = ("DESCEND", "KEY") }
            if keysOnly { request.keysOnly = true }
            let found: [EtcdValue]
            do throws(EtcdError) {
                let now: Int64
                (found, now) = try await range(request)
                if revision == 0 { revision = now }
            } catch  where error.code == .tooLarge && page > 1 {
                page = max(1, page / 8)
                continue
            }
            values += found
            guard let last = found.last, rest.end != nil, found.count == min(page, limit - values.count + found.count)
            else { break }
            rest =
                isDescending
                ? KeySpan(start: rest.start, end: last.key) : KeySpan(start: last.key + "\u{0}", end: rest.end)
        }
        return Reading(values: values, revision: revision)
    }

    private func range(
        _ request: Wire.Range,
        within time: Duration? = nil
    ) async throws(EtcdError) -> ([EtcdValue], Int64) {
        let floor = marks.floor
        let answer = try WireForm.value(
            Wire.RangeAnswer.self,
            try await send("kv/range", request, .repeatable, within: time)
        )
        guard let revision = answer.header?.revision?.value else {
            throw EtcdError(.unreadable, "an answer of etcd has no revision; see what the endpoints are")
        }
        marks.note(revision, since: floor)
        return ((answer.kvs ?? []).map { EtcdValue($0) }, revision)
    }

    func put(_ key: String, _ bytes: [UInt8], within time: Duration? = nil) async throws(EtcdError) {
        let request = Wire.Put(key: Data(key.utf8), value: Data(bytes))
        _ = try await send("kv/put", request, .repeatable, within: time)
    }

    func delete(_ span: KeySpan) async throws(EtcdError) {
        let request = Wire.DeleteRange(key: Data(span.start.utf8), rangeEnd: span.end.map { Data($0.utf8) })
        _ = try await send("kv/deleterange", request, .repeatable)
    }

    /// Carries out `success` when all conditions hold, and `failure` otherwise, in one step.
    ///
    /// - Throws: ``EtcdError``; with ``EtcdError/Code/unknownOutcome`` it may have been carried out, or may be yet.
    func transaction(
        if conditions: [EtcdCondition],
        then success: [EtcdOperation],
        else failure: [EtcdOperation] = [],
        within time: Duration? = nil
    ) async throws(EtcdError) -> Outcome {
        let floor = marks.floor
        let request = Wire.Transaction(
            compare: conditions.map { $0.wire() },
            success: success.map(\.wire),
            failure: failure.map(\.wire)
        )
        let nature: Nature = (success + failure).allSatisfy(\.isReading) ? .repeatable : .once
        let answer = try WireForm.value(
            Wire.TransactionAnswer.self,
            try await send("kv/txn", request, nature, within: time)
        )
        guard let revision = answer.header.revision?.value else {
            throw EtcdError(.unreadable, "an answer of etcd has no revision; see what the endpoints are")
        }
        marks.note(revision, since: floor)
        return Outcome(
            succeeded: answer.succeeded ?? false,
            values: (answer.responses ?? []).compactMap(\.responseRange).map { $0.kvs?.first.map { EtcdValue($0) } },
            revision: revision
        )
    }
}
