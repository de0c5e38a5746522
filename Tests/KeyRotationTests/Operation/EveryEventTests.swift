import FoundationEssentials
import Testing

@testable import KeyRotation

/// Every stage gets every answer, also those that it never asked for.
struct EveryEventTests {
    private static let now = Date(timeIntervalSince1970: 1_800_000_000)
    private static let times = [-1e9, -1, 0, 1, 86_400, 1e12].map { now.addingTimeInterval($0) }

    private static func machine(_ theCase: ProofWorld.Case) throws -> RotationMachine {
        try #require(ProofWorld(theCase)).driverParts.machine
    }

    private static let ids = ["key-old", "key-new", "key-surplus", "nobody's"].map { KeyID($0) }

    private static var issuerSteps: [IssuerStep] {
        [.list, .create(RotationID(1)), .create(RotationID(2))]
            + ids.flatMap { [.read($0), .verify($0), .activity($0), .disable($0), .enable($0), .delete($0)] }
    }

    private static func issuerAnswers(_ machine: RotationMachine) -> [IssuerAnswer] {
        let keys = ids.enumerated()
            .map { number, id in
                ListedKey(
                    id: id,
                    name: number < 2 ? "\(KeyName(machine.rules.plan, RotationID(UInt64(number))))" : nil,
                    createdAt: number == 3 ? nil : now,
                    isDisabled: number == 2,
                    isLocked: number == 0
                )
            }
        let lists: [IssuerAnswer] = [
            .keys([]), .keys(keys), .keys(keys.reversed()), .keys([keys[1]]), .keys(keys + keys),
        ]
        let uses: [IssuerAnswer] = [.lastUse(nil), .lastUse(.distantPast), .lastUse(.distantFuture)]
        let faults = IssuerFault.Code.allCases.flatMap { code -> [IssuerAnswer] in
            [.fault(IssuerFault(code, "no")), .fault(IssuerFault(code, "no", retryAfter: .greatestFiniteMagnitude))]
        }
        return lists + uses + faults + [.created(keys[1], .none), .material(.none), .done]
    }

    private static let sinkSteps: [SinkStep] = {
        let prints = ["", "1"].map { SinkPrint(rotation: RotationID(1), text: $0) }
        return [.publish] + prints.flatMap { [.inspect($0), .restore($0), .forget($0)] }
    }()

    private static let sinkAnswers: [SinkAnswer] = [
        .holds(SinkPrint(rotation: RotationID(1), text: "1")), .holds(SinkPrint(rotation: RotationID(1), text: "")),
        .differs("otherwise"), .done, .fault(SinkFault("no")), .fault(SinkFault("no", isLasting: true)),
    ]

    /// States that may have been written down, and some that cannot have been.
    private static func states(_ stage: RotationStage, _ machine: RotationMachine) -> [RotationState] {
        var states: [RotationState] = []
        for hasKeys in [false, true] {
            for isTried in [false, true] {
                var state = RotationState(plan: machine.rules.plan, firstSeen: now)
                var cycle = RotationCycle(RotationID(1), at: now, isForced: isTried)
                cycle.enter(stage, at: now)
                if hasKeys {
                    var new = HeldKey(id: ids[1], createdAt: now, rotation: RotationID(1))
                    new.verifiedAt = now
                    if isTried { new.prints["first"] = SinkPrint(rotation: RotationID(1), text: "1") }
                    cycle.candidate = new
                    cycle.retiring = HeldKey(id: ids[0], createdAt: now, rotation: nil)
                    cycle.createdAt = now
                    cycle.before = [ids[0]]
                    cycle.surplus = isTried ? [ids[2]] : []
                    state.current = isTried ? new : cycle.retiring
                }
                if isTried {
                    (cycle.isPending, cycle.attempts, cycle.creations, cycle.asked) = (true, .max - 1, 9, 9)
                    cycle.lastFault = "before"
                    cycle.confirmed = ["", "first", "gone"]
                    state.creations = [now, now]
                    state.failures = 9
                }
                state.cycle = cycle
                states.append(state)
            }
        }
        return states
    }

    @Test(arguments: ProofWorld.Case.all)
    func everyAnswerInEveryStageMakesAChangeThatCanBeGoneOnFrom(_ theCase: ProofWorld.Case) throws {
        let machine = try Self.machine(theCase)
        let (steps, answers) = (Self.issuerSteps, Self.issuerAnswers(machine))
        var count = 0
        func check(_ change: RotationChange, _ state: RotationState) {
            count += 1
            #expect(change.state.plan == state.plan)
            guard change.state.suspension != nil else {
                _ = machine.next(change.state, now: Self.now, rotation: RotationID(3))
                return
            }
            guard case .rest(nil) = machine.next(change.state, now: Self.now, rotation: RotationID(3)) else {
                Issue.record("a suspended plan does something")
                return
            }
            #expect(change.state.suspension?.reason.isEmpty == false)
        }
        for stage in RotationStage.allCases {
            for state in Self.states(stage, machine) {
                for (number, step) in steps.enumerated() {
                    for answer in answers {
                        let now = Self.times[(number + count) % Self.times.count]
                        check(machine.after(answer, to: step, state, now: now, draw: 1), state)
                    }
                }
                for step in Self.sinkSteps {
                    for answer in Self.sinkAnswers {
                        for sink in ["first", "gone"] {
                            check(machine.after(answer, to: step, of: sink, state, now: Self.now, draw: 0), state)
                        }
                    }
                }
            }
        }
        #expect(count == RotationStage.allCases.count * 4 * (steps.count * answers.count + 7 * 6 * 2))
    }

    @Test(arguments: ProofWorld.Case.all)
    func everyCommandInEveryStageIsAChangeOrARefusalThatSaysWhy(_ theCase: ProofWorld.Case) throws {
        let machine = try Self.machine(theCase)
        let commands: [RotationCommand] = [
            .run(.now), .run(.whenAllowed), .pause, .resume, .rollback, .acknowledge("reports"), .acknowledge("nobody"),
            .release,
        ]
        for stage in RotationStage.allCases {
            for var state in Self.states(stage, machine) {
                for kind in [nil, Suspension.Kind.paused, .halted] {
                    state.suspension = kind.map { Suspension(kind: $0, since: Self.now, reason: "so it is") }
                    for (command, now) in zip(commands, Self.times + Self.times) {
                        do throws(CommandRefusal) {
                            let change = try machine.commanded(command, state, now: now)
                            #expect(change.state != state || command == .acknowledge("reports"))
                        } catch {
                            #expect(!error.message.isEmpty)
                        }
                    }
                    for now in Self.times {
                        let resumed = machine.resumed(state, now: now)
                        #expect(resumed.suspension == state.suspension)
                        #expect(resumed.cycle?.isPending != true)
                        #expect(machine.resumed(resumed, now: now) == resumed)
                        switch machine.next(state, now: now, rotation: RotationID(3)) {
                        case .rest: break
                        case .note, .issuer, .sink, .consumers: #expect(state.suspension == nil)
                        }
                    }
                }
            }
        }
    }

    @Test func anAnswerWithoutARotationHalts() throws {
        let machine = try Self.machine(ProofWorld.Case.all[0])
        let state = RotationState(plan: machine.rules.plan, firstSeen: Self.now)
        for step in Self.issuerSteps {
            for answer in Self.issuerAnswers(machine) {
                #expect(
                    machine.after(answer, to: step, state, now: Self.now, draw: 0).state.suspension?.kind == .halted
                )
            }
        }
    }
}
