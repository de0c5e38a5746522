import BrokerTesting
import Foundation
import Synchronization
import Testing

@testable import KeyRotation

/// One plan through one year.
final class YearRun {
    private let plan: YearPlan
    private let world: ProofWorld
    private let forecast: Forecast
    private let calendar: YearCalendar
    let weather: YearWeather
    private let start: Date
    private var rules: RotationRules

    private(set) var rotations = 0
    private(set) var failures = 0
    private(set) var deaths = 0
    private(set) var problems: [String] = []
    /// What the calendar asked for.
    private(set) var asked = 0

    private var state: RotationState?
    private var expected: Int?
    private var draws: Draws

    init(_ plan: YearPlan, seed: String) throws {
        self.plan = plan
        draws = Draws(seed: "\(seed) of \(plan.testDescription)")
        let start = ProofWorld.Watch().now
        self.start = start
        weather = YearWeather(seed: "\(seed) for \(plan.testDescription)", from: start)
        let calendar = try plan.calendar(from: Int(start.timeIntervalSince1970))
        self.calendar = calendar
        forecast = Forecast(weather) { !calendar.isDark(Int($0.timeIntervalSince1970)) }
        world = try #require(
            ProofWorld(
                plan.proofCase,
                deaths: weather.deaths,
                issuerHooks: forecast.issuerHooks,
                sinkHooks: forecast.sinkHooks
            )
        )
        let watch = world.watch
        forecast.follow { watch.now }
        rules = try plan.rules(watchedSince: start)
    }

    /// Lives through the year, and on until the last rotation has ended.
    func run() async throws {
        let end = start.addingTimeInterval(366 * 86_400)
        var driver: RotationDriver?
        while world.watch.now < end || state?.cycle != nil {
            guard problems.isEmpty else { return }
            if let down = weather.down(at: world.watch.now) {
                world.watch.advance(to: down.end)
                driver = nil
            }
            world.deaths.revive()
            do throws(RotationDriver.Stop) {
                var living = driver
                if living == nil { living = try await begin() }
                guard var living else { return }
                let goesOn = try await go(&living, until: end)
                driver = living
                if !goesOn { return }
            } catch {
                world.checkConsumers("death")
                deaths += 1
                driver = nil
                world.watch.advance(by: Double(Int.random(in: 1...15, using: &draws)))
            }
        }
    }

    private func begin() async throws(RotationDriver.Stop) -> RotationDriver {
        if let rules = try? plan.rules(watchedSince: world.watch.now) { self.rules = rules }
        var driver = RotationDriver(RotationMachine(rules), world.driverParts.world)
        try await driver.load()
        look(driver.state)
        return driver
    }

    /// One step, or the time until the next.
    private func go(_ driver: inout RotationDriver, until end: Date) async throws(RotationDriver.Stop) -> Bool {
        if driver.state.cycle?.stage == .acknowledge {
            for consumer in plan.acknowledgers { _ = try await driver.carryOut(.acknowledge(consumer)) }
        }
        let outcome = try await driver.step()
        world.checkConsumers(driver.state.cycle?.stage.rawValue ?? "between rotations")
        look(driver.state)
        if let suspension = driver.state.suspension { problems.append("it is suspended: \(suspension.reason)") }
        guard case .rest(let until) = outcome else { return true }
        if driver.state.cycle == nil, (until ?? end) >= end { return false }
        var next = until ?? end
        if let down = weather.nextDown(after: world.watch.now) { next = min(next, down) }
        world.watch.advance(to: next)
        return true
    }

    /// What became of the plan since the last look.
    private func look(_ now: RotationState) {
        defer { state = now }
        let (had, has) = (state?.cycle?.rotation, now.cycle?.rotation)
        if had == nil, let started = has.map({ _ in now.lastStart }) ?? nil { began(started, state ?? now) }
        guard had != nil, has == nil else { return }
        if now.lastFailure != nil, now.retryAt != nil {
            failures += 1
        } else {
            rotations += 1
        }
    }

    private func began(_ date: Date, _ before: RotationState) {
        let began = Int(date.timeIntervalSince1970)
        if !calendar.allows(began) { problems.append("it starts at \(date), when none may start") }
        if before.retryAt != nil { return }
        asked += 1
        guard let wanted = wanted(before) else {
            problems.append("it starts at \(date), and nothing asked for it")
            return
        }
        // Deaths, and looks at the clock, take less than a minute each.
        if !(wanted...wanted + 120).contains(began) {
            problems.append("it starts at \(date), and not at \(Instants.text(wanted)); before: \(before)")
        }
    }

    /// When the calendar wants the next start.
    private func wanted(_ state: RotationState) -> Int? {
        calendar.next(
            started: state.lastStart.map { Int($0.timeIntervalSince1970) },
            since: Int(state.firstSeen.timeIntervalSince1970),
            free: ended,
            keyCreated: state.current.map { Int($0.createdAt.timeIntervalSince1970) },
            up: { [weather] time in
                weather.down(at: Date(timeIntervalSince1970: TimeInterval(time)))
                    .map { Int($0.end.timeIntervalSince1970.rounded(.up)) } ?? time
            }
        )
    }

    private var ended: Int { Int((state?.lastSuccess ?? start).timeIntervalSince1970) }

    /// What is not as it must be after the year.
    func finish() -> [String] {
        var problems = problems + world.violated + forecast.problems.withLock { $0 }
        problems += world.invariants(after: .finished, mostCreations: 2)
        if let state, let wanted = wanted(state), wanted < Int(start.timeIntervalSince1970) + 366 * 86_400 {
            problems.append("the start of \(Instants.text(wanted)) is missing")
        }
        if rotations != asked { problems.append("\(rotations) rotations, and \(asked) were asked for") }
        if let age = plan.maximumAge, let state { problems += tooOld(age, state) }
        return problems
    }

    /// No key lived longer than it may, and than all that can hold a rotation up.
    private func tooOld(_ age: Int, _ state: RotationState) -> [String] {
        let longest = { (spans: [DateInterval]) in spans.map(\.duration).max() ?? 0 }
        // A weekend, the blackout, and an overlap with what follows.
        let held = longest(weather.outages) + longest(weather.downs) + Double(7 + 15 + 4) * 86_400
        let made = world.issuer.keys.filter { $0.name?.hasPrefix("iam-broker") == true }.map(\.createdAt)
        return zip(made, made.dropFirst()).filter { $1.timeIntervalSince($0) > Double(age) + held }
            .map { "the key of \($0) was replaced at \($1)" }
    }

    var outages: Int { weather.outages.count }
    var refused: Int { forecast.refused }
}
