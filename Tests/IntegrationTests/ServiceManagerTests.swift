import CloudSimulator
import Foundation
import Testing

/// What the daemon and systemd tell each other.
@Suite(.serialized, .timeLimit(.minutes(3)))
struct ServiceManagerTests {
    @Test(arguments: [false, true])
    func readyComesAfterAnAnswerAtThePublicSocket(isAbstract: Bool) async throws {
        try await ManagedWorld.run(isAbstract: isAbstract) { world in
            try await world.serving { daemon in
                try await daemon.log.wait(for: "Ready")
                #expect(try await world.ask().status == 200)
                try await world.manager.wait("a status with a token") {
                    $0.contains("STATUS=4 profiles: 1 ready, 3 not asked for yet")
                }
            }
            let messages = world.manager.messages
            let (ready, stopping) = (messages.firstIndex(of: "READY=1"), messages.firstIndex(of: "STOPPING=1"))
            #expect(try #require(ready) < #require(stopping))
            #expect(messages.filter { $0 == "READY=1" }.count == 1)
            #expect(!messages.contains("WATCHDOG=1"))
        }
    }

    @Test func readyWaitsForTokensThatAreToBeThereFromTheStart() async throws {
        try await ManagedWorld.run(.prefetching) { world in
            world.cloud.set(Fault(delay: .seconds(1)), for: .iamToken)
            try await world.serving { _ in
                // Not an exchange that a workload began.
                #expect(world.cloud.requestCount(of: .iamToken) == 1)
                let status = try await world.exchange(world.admin, "GET", "/v1/status")
                #expect(status.body.contains(#""state":"fresh""#))
                let messages = world.manager.messages
                let ready = try #require(messages.firstIndex(of: "READY=1"))
                let line = messages[..<ready].last { $0.hasPrefix("STATUS=") }
                #expect(line == "STATUS=4 profiles: 1 ready, 3 not asked for yet")
            }
        }
    }

    @Test func readyDoesNotWaitForWhatDoesNotCome() async throws {
        try await ManagedWorld.run(.prefetching) { world in
            world.cloud.set(.status(503), for: .iamToken)
            let start = ContinuousClock.now
            try await world.serving { _ in
                #expect(ContinuousClock.now - start >= .seconds(10))
                try await world.manager.wait("a status that says what fails") { messages in
                    messages.contains {
                        $0.hasPrefix("STATUS=4 profiles: 1 failing (reports: no IAM token of profile reports")
                    }
                }
            }
        }
    }

    @Test func aReloadIsToldAlsoWhenItIsRefused() async throws {
        try await ManagedWorld.run { world in
            try await world.serving { daemon in
                for text in ["version: 1\ngrants: []\n", "version: one\n"] {
                    world.manager.forgetMessages()
                    try world.folder.write("policies/tests.yaml", text)
                    daemon.kill(SIGHUP)
                    try await world.manager.wait("a reload") { messages in
                        let told = messages.filter { !$0.hasPrefix("STATUS=") }
                        guard told.count == 2, told[1] == "READY=1" else { return false }
                        let parts = told[0].split(separator: "\n")
                        guard parts.count == 2, parts[0] == "RELOADING=1", parts[1].hasPrefix("MONOTONIC_USEC=") else {
                            return false
                        }
                        // systemd takes it for the answer to its signal only when it is not older than that.
                        return (Int(parts[1].dropFirst(15)) ?? 0) > 1_000_000
                    }
                }
                try await world.manager.wait("the refusal in the status") { messages in
                    messages.contains { $0.contains("; the policy in force is an old one: ") }
                }
            }
        }
    }

    @Test func aStopDuringAReloadAndAReloadDuringTheStartAreNoReadiness() async throws {
        try await ManagedWorld.run(.prefetching) { world in
            world.cloud.set(Fault(delivery: .hang), for: .iamToken)
            let daemon = try world.start()
            try await daemon.log.wait(for: "Listening")
            daemon.kill(SIGHUP)
            try await daemon.log.wait(for: "Policy unchanged")
            daemon.kill(SIGHUP)
            try await daemon.stop()
            #expect(world.manager.messages.contains("STOPPING=1"))
            #expect(!world.manager.messages.contains { $0 == "READY=1" || $0.hasPrefix("RELOADING=1") })
        }
    }

    @Test func signsOfLifeComeAtAThirdOfTheIntervalAndOnlyForThisProcess() async throws {
        try await ManagedWorld.run { world in
            let start = ContinuousClock.now
            try await world.serving(variables: ["WATCHDOG_USEC": "600000"]) { _ in
                try await world.manager.wait("six signs of life") { $0.filter { $0 == "WATCHDOG=1" }.count >= 6 }
                #expect(ContinuousClock.now - start >= .seconds(1))
            }
            try await world.serving(variables: ["WATCHDOG_USEC": "1000", "WATCHDOG_PID": "1"]) { _ in
                let reply = try await world.ask()
                #expect(reply.status == 200)
            }
            #expect(!world.manager.messages.contains("WATCHDOG=1"))
        }
    }

    @Test func noProgramThatTheDaemonStartsGetsItsDescriptors() async throws {
        try await ManagedWorld.run { world in
            try world.listen()
            try await world.serving { daemon in
                for number in 3...4 {
                    let path = "/proc/\(daemon.processID)/fdinfo/\(number)"
                    let text = try String(contentsOfFile: path, encoding: .utf8)
                    // O_CLOEXEC, in octal.
                    let flags = try #require(text.firstMatch(of: /flags:\s+([0-7]+)/)?.1)
                    #expect(try #require(Int(flags, radix: 8)) & 0o2_000_000 != 0)
                }
            }
        }
    }
}

extension Setup {
    /// One profile's token is to be there from the start.
    static var prefetching: Setup {
        var setup = Setup()
        setup.prefetch = true
        return setup
    }
}
