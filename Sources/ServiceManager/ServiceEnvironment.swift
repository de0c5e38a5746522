internal import Glibc

/// What a service manager tells a service by environment variables (sd_notify(3), sd_listen_fds(3), sd_watchdog_enabled(3)).
package struct ServiceEnvironment: Sendable, Equatable {
    /// Where notifications go; `nil`: nobody wants any.
    package var notifySocket: NotifyAddress?
    /// How often the manager wants a sign of life; `nil`: never.
    package var watchdog: Duration?
    /// The names of the descriptors that were handed over, in their order, which begins with descriptor 3.
    package var names: [String] = []

    /// Without a service manager.
    package init() {}

    /// Reads the variables, which must be for the process `processID`; those for another one are nobody's business here.
    ///
    /// - Parameters:
    ///   - value: a variable's value.
    ///   - processID: of this process.
    /// - Throws: ``ServiceManagerError`` when they cannot be understood.
    package init(_ value: (String) -> String?, processID: Int32) throws(ServiceManagerError) {
        if let text = value("NOTIFY_SOCKET"), !text.isEmpty { notifySocket = try NotifyAddress(text) }
        watchdog = try Self.watchdog(value, processID)
        names = try Self.names(value, processID)
    }

    /// Reads the variables of this process and takes them away, so that programs which it starts do not take them for theirs.
    package static func taken() throws(ServiceManagerError) -> ServiceEnvironment {
        defer { for name in variables { unsafe unsetenv(name) } }
        return try ServiceEnvironment(
            { name in
                guard let value = unsafe getenv(name) else { return nil }
                return unsafe String(cString: value)
            },
            processID: getpid()
        )
    }

    private static let variables = [
        "NOTIFY_SOCKET", "WATCHDOG_PID", "WATCHDOG_USEC", "LISTEN_PID", "LISTEN_PIDFDID", "LISTEN_FDS",
        "LISTEN_FDNAMES",
        "FDSTORE",
    ]

    /// The descriptors that are handed over follow those of input and outputs (sd_listen_fds(3), `SD_LISTEN_FDS_START`).
    package static let firstDescriptor: CInt = 3
    /// More than this daemon could use.
    private static let mostDescriptors = 64

    private static func watchdog(
        _ value: (String) -> String?,
        _ processID: Int32
    ) throws(ServiceManagerError) -> Duration? {
        guard let text = value("WATCHDOG_USEC"), !text.isEmpty else { return nil }
        if let process = value("WATCHDOG_PID"), !process.isEmpty {
            guard let number = Int32(process) else { throw notANumber("WATCHDOG_PID", process) }
            guard number == processID else { return nil }
        }
        guard let microseconds = Int64(text), microseconds > 0 else { throw notANumber("WATCHDOG_USEC", text) }
        // What is longer than a year is no deadline.
        return .microseconds(min(microseconds, 365 * 86_400 * 1_000_000))
    }

    private static func names(
        _ value: (String) -> String?,
        _ processID: Int32
    ) throws(ServiceManagerError) -> [String] {
        guard let process = value("LISTEN_PID"), !process.isEmpty else { return [] }
        guard let number = Int32(process) else { throw notANumber("LISTEN_PID", process) }
        guard number == processID else { return [] }
        guard let text = value("LISTEN_FDS"), !text.isEmpty else { return [] }
        guard let count = Int(text), (0...mostDescriptors).contains(count) else { throw notANumber("LISTEN_FDS", text) }
        guard count > 0 else { return [] }
        let names = (value("LISTEN_FDNAMES") ?? "").split(separator: ":", omittingEmptySubsequences: false)
        guard names.count == count else {
            throw ServiceManagerError(
                .activation,
                "\(count) descriptors were handed over, but \(names.count) names: which is which? "
                    + "Set FileDescriptorName= in each socket unit (LISTEN_FDS, LISTEN_FDNAMES)"
            )
        }
        return names.map(String.init)
    }

    private static func notANumber(_ name: String, _ text: String) -> ServiceManagerError {
        ServiceManagerError(.activation, "the environment variable \(name) is '\(text)', which is no usable number")
    }
}
