internal import AccessPolicy
internal import BrokerAPI
internal import FoundationEssentials
internal import Logging
internal import NIOHTTP1
internal import TokenBroker

/// Locking and unlocking, for operators.
extension AdminRoutes {
    func lock(_ query: String, by caller: any Peer) async -> Response {
        await change("Lock", query, caller) { profile throws(LockFailure) in
            try await broker.lock(profile, by: caller.userID)
        }
    }

    func unlock(_ query: String, by caller: any Peer) async -> Response {
        await change("Unlock", query, caller) { profile throws(LockFailure) in
            try await broker.unlock(profile, by: caller.userID)
        }
    }

    /// Reads the query, does what was demanded, and says what is locked now.
    private func change(
        _ what: String,
        _ query: String,
        _ caller: any Peer,
        _ body: (ProfileName?) async throws(LockFailure) -> LockSet
    ) async -> Response {
        var profile: ProfileName?
        if !query.isEmpty {
            guard query.hasPrefix("profile="), let name = ProfileName(String(query.dropFirst("profile=".count))) else {
                return Response(.badRequest, "the only parameter is profile=NAME")
            }
            profile = name
        }
        logger.notice(
            "\(what) demanded",
            metadata: [
                "profile": "\(profile?.rawValue ?? "all profiles")", "operator.uid": "\(caller.userID)",
                "operator.pid": "\(caller.processID)",
            ]
        )
        do {
            return Response(Self.wire(try await body(profile)))
        } catch {
            switch error.code {
            case .unknownProfile: return Response(.notFound, error.message)
            case .conflict: return Response(.conflict, error.message)
            case .notStored:
                logger.error("Locks could not be stored", metadata: ["error": "\(error.message)"])
                return Response(.notStored, error.message)
            }
        }
    }

    private static func wire(_ locks: LockSet) -> LocksResponse {
        LocksResponse(
            all: locks.all.map { wire(nil, $0) },
            profiles: locks.profiles.sorted { $0.key.rawValue < $1.key.rawValue }.map { wire($0.key, $0.value) }
        )
    }

    private static func wire(_ profile: ProfileName?, _ lock: ProfileLock) -> LocksResponse.Lock {
        LocksResponse.Lock(
            name: profile?.rawValue,
            since: Int(lock.since.timeIntervalSince1970),
            by: lock.by
        )
    }
}
