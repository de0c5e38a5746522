internal import TokenBroker

// What `KeySetCache` and `TokenPipeline` do: one fetch for all profiles of a node, and no token without keys.
extension FleetRun {
    mutating func lookAtKeys(_ node: Int) {
        nodes[node].plan &+= 1
        guard !nodes[node].isFetching else { return }
        var random = random
        defer { self.random = random }
        guard let next = nodes[node].schedule.nextLook(draw: { random.draw() }) else { return }
        let at = VirtualTime(boot: next)
        guard at > now else { return fetchKeys(node) }
        queue.schedule(.lookAtKeys(node: Int32(node), plan: nodes[node].plan), at: at)
    }

    mutating func fetchKeys(_ node: Int) {
        guard !nodes[node].isFetching else { return }
        nodes[node].isFetching = true
        queue.schedule(.fetch(node: Int32(node)), at: now.after(ModelledIAM.way))
    }

    mutating func landKeys(_ node: Int, _ answer: ModelledIAM.Answer) {
        nodes[node].isFetching = false
        let isThere: Bool
        if case .granted = answer { isThere = true } else { isThere = false }
        if isThere {
            nodes[node].hasKeys = true
            nodes[node].schedule.fetched(now: now.moment.boot)
        } else if nodes[node].hasKeys {
            nodes[node].schedule.failed(now: now.moment.boot, asked: error(answer).retryAfter)
        }
        for lane in node * scenario.profiles..<(node + 1) * scenario.profiles {
            guard let issuedAt = lanes[lane].unverified else { continue }
            lanes[lane].unverified = nil
            if isThere { keep(lane, issuedAt: issuedAt) } else { fail(lane, error(answer)) }
        }
        lookAtKeys(node)
    }
}
