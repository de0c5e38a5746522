internal import FoundationEssentials

extension EtcdClient {
    /// How a watch ended.
    enum WatchEnd: Sendable, Equatable {
        /// Something was written or deleted.
        case changed
        /// What happened in the meantime is not kept any more: the caller reads.
        case compacted
        /// Nothing happened in the time that was given.
        case quiet
    }

    /// Waits for the first change of a key from `revision` on.
    ///
    /// A caller reads again whatever the end is: what a watch says may be old when it comes. It must also read from time to time without being told:
    /// a connection can die without a sign.
    ///
    /// - Parameters:
    ///   - key: the key.
    ///   - revision: the first revision that counts; one more than that of the last reading.
    ///   - time: how long to wait.
    /// - Returns: how it ended.
    /// - Throws: ``EtcdError`` when one member cannot be watched; another is asked first then.
    func change(of key: String, from revision: Int64, within time: Duration) async throws(EtcdError) -> WatchEnd {
        let (endpoint, token) = try await firstMember()
        let create = Wire.Watch.Create(key: Data(key.utf8), startRevision: Number64(revision))
        let request = EtcdTransport.Request(
            url: "\(endpoint)/v3/watch",
            token: token,
            body: try WireForm.bytes(Wire.Watch(createRequest: create))
        )
        let end: Result<WatchEnd, EtcdError>
        do throws(CallFailure) {
            end = try await transport.firstLine(request, within: time, limit: Self.answerLimit) {
                Self.end($0, of: endpoint)
            }
        } catch {
            switch error {
            case .late: return .quiet
            case .cancelled: throw EtcdError(.cancelled, "the watch was cancelled")
            // Too much happened at once to be told, so something happened.
            case .tooLarge: return .changed
            case .notSent, .broken:
                turnAway(from: endpoint)
                throw EtcdError(.unavailable, "\(endpoint) cannot be watched: \(error)")
            }
        }
        return try end.get()
    }

    /// What a line ends the watch with; `nil` when it goes on.
    private static func end(_ line: [UInt8], of endpoint: EtcdEndpoint) -> Result<WatchEnd, EtcdError>? {
        guard let result = try? WireForm.value(Wire.WatchLine.self, line).result else {
            return .failure(
                EtcdError(.unreadable, "\(endpoint): a line of a watch cannot be read: \(EtcdVerdict.shown(line))")
            )
        }
        if result.compactRevision.map({ $0.value > 0 }) == true { return .success(.compacted) }
        if result.canceled == true {
            let reason = EtcdVerdict.shown(Array((result.cancelReason ?? "no reason given").utf8))
            return .failure(EtcdError(.refused, "\(endpoint) does not let a key be watched: \(reason)"))
        }
        return result.events.map { $0.isEmpty } == false ? .success(.changed) : nil
    }
}
