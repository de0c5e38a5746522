import Testing

@testable import ServiceManager

@Suite struct ServiceEnvironmentTests {
    private static let processID: Int32 = 4_711

    private func read(_ variables: [String: String]) throws -> ServiceEnvironment {
        try ServiceEnvironment({ variables[$0] }, processID: Self.processID)
    }

    @Test func withoutVariablesThereIsNoManager() throws {
        #expect(try read([:]) == ServiceEnvironment())
        #expect(try read(["NOTIFY_SOCKET": "", "LISTEN_PID": "", "WATCHDOG_USEC": ""]) == ServiceEnvironment())
    }

    @Test(arguments: [
        (["WATCHDOG_USEC": "30000000"], Duration.seconds(30)),
        (["WATCHDOG_USEC": "1", "WATCHDOG_PID": "4711"], .microseconds(1)),
        (["WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "4712"], nil),
        (["WATCHDOG_USEC": "9223372036854775807"], .seconds(365 * 86_400)),
    ])
    func theWatchdogIsForOneProcess(variables: [String: String], expected: Duration?) throws {
        #expect(try read(variables).watchdog == expected)
    }

    @Test(arguments: [
        (["LISTEN_PID": "4711", "LISTEN_FDS": "2", "LISTEN_FDNAMES": "admin:workload"], ["admin", "workload"]),
        (["LISTEN_PID": "4712", "LISTEN_FDS": "2", "LISTEN_FDNAMES": "admin:workload"], []),
        (["LISTEN_FDS": "2", "LISTEN_FDNAMES": "admin:workload"], []),
        (["LISTEN_PID": "4711", "LISTEN_FDS": "0"], []),
        (["LISTEN_PID": "4711"], []),
        (["LISTEN_PID": "4711", "LISTEN_FDS": "1", "LISTEN_FDNAMES": ""], [""]),
    ])
    func descriptorsAreForOneProcessAndHaveNames(variables: [String: String], expected: [String]) throws {
        #expect(try read(variables).names == expected)
    }

    @Test(arguments: [
        ["WATCHDOG_USEC": "0"], ["WATCHDOG_USEC": "-1"], ["WATCHDOG_USEC": "soon"],
        ["WATCHDOG_USEC": "1", "WATCHDOG_PID": "me"],
        ["LISTEN_PID": "me", "LISTEN_FDS": "1"],
        ["LISTEN_PID": "4711", "LISTEN_FDS": "-1"], ["LISTEN_PID": "4711", "LISTEN_FDS": "x"],
        ["LISTEN_PID": "4711", "LISTEN_FDS": "65", "LISTEN_FDNAMES": "a"],
        ["LISTEN_PID": "4711", "LISTEN_FDS": "2"],
        ["LISTEN_PID": "4711", "LISTEN_FDS": "2", "LISTEN_FDNAMES": "admin"],
        ["LISTEN_PID": "4711", "LISTEN_FDS": "1", "LISTEN_FDNAMES": "admin:workload"],
        ["NOTIFY_SOCKET": "run/notify"], ["NOTIFY_SOCKET": "@"], ["NOTIFY_SOCKET": "/"],
        ["NOTIFY_SOCKET": "vsock:2:1"], ["NOTIFY_SOCKET": "/" + String(repeating: "x", count: 107)],
    ])
    func whatCannotBeUnderstoodIsRefused(variables: [String: String]) {
        #expect(throws: ServiceManagerError.self) { try read(variables) }
    }

    @Test func addressesAreThoseOfTheKernel() throws {
        #expect(try NotifyAddress("/run/n").bytes == Array("/run/n".utf8))
        #expect(try NotifyAddress("@n/a").bytes == [0] + Array("n/a".utf8))
        #expect(try NotifyAddress("/" + String(repeating: "x", count: 106)).bytes.count == 107)
    }
}
