import Foundation
import Glibc
import Testing

/// An event loop of the daemon that does not turn.
@Suite(.serialized, .timeLimit(.minutes(3)))
struct WatchdogTests {
    /// The loop of the sockets, and that of the calls to IBM.
    @Test(arguments: ["NIO-ELT-1-", "NIO-ELT-2-"])
    func oneThreadThatStandsStillEndsTheSignsOfLife(thread: String) async throws {
        try #require(geteuid() == 0, "this test needs root: it stops a thread of the daemon")
        try await ManagedWorld.run { world in
            try await world.serving(variables: ["WATCHDOG_USEC": "300000"]) { daemon in
                try await world.manager.wait("a sign of life") { $0.contains("WATCHDOG=1") }
                let tracer = try Self.tracer(of: daemon.processID, thread)
                try await tracer.log.wait(for: "stopped")
                // The one that was on its way is no sign of what came later.
                try await Self.reload(world, daemon)
                world.manager.forgetMessages()
                let start = ContinuousClock.now
                // Everything else goes on: for ten intervals signals are answered, and there is no sign of life.
                while ContinuousClock.now - start < .seconds(1) { try await Self.reload(world, daemon) }
                #expect(!world.manager.messages.contains("WATCHDOG=1"))
                // The kernel lets the thread go with its tracer.
                try #require(kill(tracer.process.processIdentifier, SIGKILL) == 0)
                try await world.manager.wait("a sign of life") { $0.contains("WATCHDOG=1") }
            }
        }
    }

    private static func reload(_ world: ManagedWorld, _ daemon: ManagedDaemon) async throws {
        let before = world.manager.messages.filter { $0 == "READY=1" }.count
        daemon.kill(SIGHUP)
        try await world.manager.wait("a reload") { $0.filter { $0 == "READY=1" }.count > before }
    }

    private static func tracer(of processID: pid_t, _ thread: String) throws -> (log: ProcessLog, process: Process) {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3", Program.client("stop_thread.py"), "\(processID)", thread]
        let output = Pipe()
        process.standardInput = FileHandle.nullDevice
        (process.standardOutput, process.standardError) = (output, output)
        try process.run()
        let log = ProcessLog()
        log.follow(output)
        return (log, process)
    }
}
