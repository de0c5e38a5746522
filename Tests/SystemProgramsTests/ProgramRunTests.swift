import Glibc
import Testing

@testable import SystemPrograms

@Suite struct ProgramRunTests {
    /// As `iam-broker` itself does.
    init() {
        signal(SIGPIPE, SIG_IGN)
    }

    @Test func inputAndBothOutputsArePassedWithoutEnvironment() throws {
        let run = try ProgramRun("/bin/sh", ["-c", "cat; echo no >&2; exec /usr/bin/env"], input: "a\nb\n")
        #expect(run.isSuccess)
        #expect(run.output.hasPrefix("a\nb\n"))
        #expect(run.errors == "no\n")
        #expect(!run.output.contains("PATH"))
        #expect(!run.output.contains("HOME"))
    }

    @Test func anEnvironmentThatIsGivenIsAllThereIs() throws {
        let environment = ["HOME": "/home of a", "EMPTY": "", "LIST": "a=b=c"]
        let run = try ProgramRun("/usr/bin/env", [], environment: environment)
        #expect(Set(run.output.split(separator: "\n")) == ["HOME=/home of a", "EMPTY=", "LIST=a=b=c"])
    }

    @Test func whatIsOpenHereIsNotOpenThere() throws {
        let descriptor = open("/dev/null", O_RDONLY)
        #expect(descriptor > 2)
        defer { close(descriptor) }
        #expect(fcntl(descriptor, F_GETFD) & FD_CLOEXEC == 0)
        // The listing itself opens one more.
        let run = try ProgramRun("/bin/ls", ["/proc/self/fd"])
        #expect(run.output == "0\n1\n2\n3\n")
    }

    @Test(arguments: [
        ("exit 3", ProgramRun.End.exited(3)), ("kill -TERM $$", .signalled(15)), ("kill -PIPE $$", .signalled(13)),
    ])
    func theEndIsTold(script: String, end: ProgramRun.End) throws {
        #expect(try ProgramRun("/bin/sh", ["-c", script]).end == end)
    }

    @Test(arguments: [64 * 1_024 - 1, 64 * 1_024, 1_000_000])
    func moreThanAPipeHoldsGoesThrough(size: Int) throws {
        let input = String(repeating: "x", count: size)
        #expect(try ProgramRun("/bin/cat", [], input: input).output == input)
    }

    @Test func inputThatNobodyReadsIsNoFailure() throws {
        let run = try ProgramRun("/bin/sh", ["-c", "exec true"], input: String(repeating: "x", count: 1_000_000))
        #expect(run.isSuccess)
    }

    @Test(arguments: [(9, true), (10, true), (11, false)])
    func outputHasALimit(size: Int, isRead: Bool) throws {
        let limits = ProgramRun.Limits(output: 10)
        let input = String(repeating: "x", count: size)
        do throws(ProgramError) {
            let run = try ProgramRun("/bin/cat", [], input: input, limits: limits)
            #expect(isRead)
            #expect(run.output == input)
        } catch {
            #expect(!isRead)
            #expect(error.code == .tooMuchOutput)
        }
    }

    @Test(arguments: ["exec sleep 60", "exec sleep 60 >&- 2>&-"])
    func whoTakesTooLongIsKilled(script: String) {
        let error = #expect(throws: ProgramError.self) {
            try ProgramRun("/bin/sh", ["-c", script], limits: ProgramRun.Limits(time: .milliseconds(50)))
        }
        #expect(error?.code == .timeout)
    }

    @Test func aProgramThatIsNotThereIsNamed() {
        let error = #expect(throws: ProgramError.self) { try ProgramRun("/nowhere/nft", []) }
        #expect(error.map { "\($0)" } == "cannot run /nowhere/nft: no such file or directory")
        #expect(ProgramRun.path(ofSystemProgram: "no-such-program") == nil)
        #expect(ProgramRun.path(ofSystemProgram: "sh")?.hasSuffix("/sh") == true)
    }

    @Test func aRunThatIsCalledOffEndsWithWhatItStarted() throws {
        let error = #expect(throws: ProgramError.self) {
            try ProgramRun("/bin/sh", ["-c", "sleep 60 & echo started; wait"], isCalledOff: { true })
        }
        #expect(error?.code == .calledOff)
        // It closed its outputs, and goes on.
        let silent = #expect(throws: ProgramError.self) {
            try ProgramRun("/bin/sh", ["-c", "exec >&- 2>&-; sleep 60"], isCalledOff: { true })
        }
        #expect(silent?.code == .calledOff)
    }
}
