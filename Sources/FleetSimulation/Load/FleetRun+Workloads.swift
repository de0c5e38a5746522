internal import TokenBroker

extension FleetRun {
    /// A workload asks for the token of a lane, and again after a while; one that is refused asks again when it is told to.
    mutating func ask(_ lane: Int) {
        switch lanes[lane].state.asked(minimumRemaining: 0, now: now.moment) {
        case .release: handOut(lane)
        case .releaseAndRenew:
            handOut(lane)
            launch(lane)
        case .wait(let start):
            if start { launch(lane) }
            lanes[lane].isAwaited = true
            guard let flight = lanes[lane].state.flight else { return }
            queue.schedule(.patience(lane: Int32(lane), flight: flight), at: now.after(Self.patience))
        case .refuse(_, let retryAfter): refuse(lane, retryAfter)
        case .locked: break
        }
    }

    /// The wait of the workload ends: the flight did, or its patience.
    mutating func endWait(_ lane: Int, _ error: AcquisitionError) {
        lanes[lane].isAwaited = false
        switch lanes[lane].state.waited(now: now.moment, error: error) {
        case .release, .releaseAndRenew:
            record.waited += 1
            handOut(lane)
        case .refuse(_, let retryAfter): refuse(lane, retryAfter)
        case .wait, .locked: break
        }
    }

    private mutating func handOut(_ lane: Int) {
        record.handedOut += 1
        if ends[lane] <= now.seconds { record.endedHandedOut += 1 }
        queue.schedule(.ask(lane: Int32(lane)), at: now.after(random.wait(mean: scenario.askEvery)))
    }

    private mutating func refuse(_ lane: Int, _ retryAfter: Duration) {
        if ends[lane] - now.seconds >= 1 {
            record.refusedWithToken += 1
        } else {
            record.refused[now.second / 60] += 1
        }
        queue.schedule(.ask(lane: Int32(lane)), at: now.after(retryAfter.seconds))
    }

    /// Looks at all tokens once a minute.
    mutating func sample() {
        let time = now.seconds
        var (count, sum, shortest) = (0, 0.0, Double.infinity)
        for end in ends where end > time {
            count += 1
            sum += end - time
            shortest = min(shortest, end - time)
        }
        record.samples.append(
            FleetRecord.Sample(
                second: now.second,
                shortest: count > 0 ? shortest : nil,
                mean: count > 0 ? sum / Double(count) : nil,
                oldest: count > 0 ? scenario.tokenLife - shortest : nil,
                without: 1 - Double(count) / Double(ends.count)
            )
        )
        queue.schedule(.sample, at: now.after(60))
    }

    /// How long a workload waits, in seconds.
    private static let patience = 5.0
}
