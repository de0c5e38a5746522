package import AccessPolicy
internal import JOSE
internal import Synchronization

/// Tokens of the last instance that passed with the keys it left, while the issuer's own could not be had.
struct ProvisionalTokens: Sendable {
    /// The number of each token, and the account that it was verified for.
    var tokens: [ProfileName: (generation: UInt64, accountID: String?)] = [:]
    /// What vouches for them, and for nothing else.
    var keys: KeySet?
}

// One instance leaves its tokens to the next (docs/decisions/0017).
extension TokenBroker {
    /// What the next instance is to get: the tokens that are there, and the keys to verify them with.
    package func handover() async -> Handover {
        let inherited = provisional.withLock { $0.keys }
        let tokens = profiles.compactMap { lane($0.name)?.handed }
        return Handover(tokens: tokens, keys: await keys.cached ?? inherited)
    }

    /// Takes over what the last instance left: each token that passes the verification that every token has to pass.
    ///
    /// The issuer's published keys decide. They are waited for until `deadline`. When they cannot be had by then, the keys of the
    /// handover decide, about these tokens alone and until ``confirmHandedTokens()``.
    ///
    /// - Parameters:
    ///   - handover: any claims.
    ///   - deadline: on the boot-time clock.
    /// - Returns: what became of each token, in their order.
    package func takeOver(
        _ handover: Handover,
        deadline: Duration
    ) async -> [(profile: ProfileName, fate: HandedTokenFate)] {
        let needsAccount = handover.tokens.contains {
            lane($0.profile).map { pipeline.needsAccount($0.profile) } ?? false
        }
        let accountID = await account(needsAccount, deadline: deadline)
        let published = await keys.cached
        var fates: [(profile: ProfileName, fate: HandedTokenFate)] = []
        for handed in handover.tokens {
            let fate = await take(handed, accountID: accountID, published: published, inherited: handover.keys)
            fates.append((handed.profile, fate))
        }
        return fates
    }

    /// Has the issuer's keys fetched, and the account where it is needed, until `deadline`.
    private func account(_ isNeeded: Bool, deadline: Duration) async -> String? {
        let arrival = RenewalSignal()
        let found = Found()
        // Unstructured, and at once: what hangs must hold up neither the start nor the other. They end at their own deadlines.
        Task { [keys] in
            // Without keys the caller finds none in the cache.
            _ = try? await keys.keySet()
            arrival.send()
        }
        if isNeeded {
            Task { [pipeline] in
                found.set(await pipeline.instanceAccountID())
                arrival.send()
            }
        }
        for awaited in 0..<(isNeeded ? 2 : 1) where arrival.count <= awaited {
            await arrival.wait(after: arrival.count, until: deadline, time: time)
        }
        return found.value
    }

    private func take(
        _ handed: HandedToken,
        accountID: String?,
        published: KeySet?,
        inherited: KeySet?
    ) async -> HandedTokenFate {
        let now = time.now
        guard let lane = lane(handed.profile) else { return .dropped("the profile is not configured any more") }
        guard handed.reference == lane.profile.reference.handoverText else {
            return .dropped("the profile's name now stands for another profile")
        }
        guard lane.status.state != .locked else { return .dropped("the profile is locked") }
        guard handed.obtainedAt <= now.boot, handed.obtainedAt <= handed.endsAt else {
            return .dropped("its times are not of this machine's clock")
        }
        guard let keys = published ?? inherited else { return .dropped("there are no keys to verify it with") }
        let ring = KeyRing(published: keys, kept: [])
        switch pipeline.verdict(handed.token, of: lane.profile, accountID: accountID, with: ring) {
        case nil: return .dropped("the account of the instance is not known")
        case .reject(let rejection): return .dropped("\(rejection)")
        case .accept(let verified):
            guard handed.endsAt > now.boot, let generation = lane.takeOver(verified, handed, now: now) else {
                return .dropped("it has ended, or is not needed")
            }
            guard published == nil else {
                if let keyID = handed.token.keyID { await self.keys.verified(verified, with: keyID) }
                return .kept
            }
            provisional.withLock { provisional in
                provisional.tokens[handed.profile] = (generation, accountID)
                provisional.keys = inherited
            }
            return .keptForNow
        }
    }

    /// Looks at the tokens again that only the last instance's keys vouch for, as soon as the issuer's can be had, and drops
    /// those that do not pass; asks for the keys once a minute.
    func confirmHandedTokens() async {
        var nextFetch = time.now.boot
        while !Task.isCancelled, provisional.withLock({ !$0.tokens.isEmpty }) {
            let seen = signal.count
            if let published = await keys.cached {
                await confirm(with: published)
                return
            }
            if nextFetch <= time.now.boot {
                nextFetch = time.now.boot + Self.fetchDistance
                // Unstructured: it ends at its own deadlines, and a stop does not wait for it.
                Task { [keys, signal] in
                    // When it fails, the next attempt is a minute away.
                    _ = try? await keys.keySet()
                    signal.send()
                }
            }
            await signal.wait(after: seen, until: nextFetch, time: time)
        }
    }

    private func confirm(with published: KeySet) async {
        let tokens = provisional.withLock { provisional in
            defer { provisional = ProvisionalTokens() }
            return provisional.tokens
        }
        for (name, token) in tokens {
            guard let lane = lane(name), let unverified = lane.unverifiedToken(token.generation) else { continue }
            let ring = KeyRing(published: published, kept: [])
            let verdict = pipeline.verdict(unverified, of: lane.profile, accountID: token.accountID, with: ring)
            if case .accept(let verified) = verdict {
                if let keyID = unverified.keyID { await keys.verified(verified, with: keyID) }
                continue
            }
            lane.drop(token.generation)
        }
    }

    private static var fetchDistance: Duration { .seconds(60) }
}

/// The account, once it is known.
private final class Found: Sendable {
    private let account = Mutex<String?>(nil)

    var value: String? { account.withLock { $0 } }

    func set(_ value: String?) { account.withLock { $0 = value } }
}
