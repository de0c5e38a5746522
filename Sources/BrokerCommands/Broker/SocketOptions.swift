internal import ArgumentParser
internal import BrokerAPI
internal import FoundationEssentials
internal import NIOCore

/// How long to wait for the broker.
struct TimeoutOptions: ParsableArguments {
    @Option(help: ArgumentHelp("How many seconds to wait for the broker.", valueName: "s"))
    // Longer than the daemon takes for anything: a refresh may take 15 seconds.
    var timeout: Double = 20

    func validate() throws {
        guard (0.001...3_600).contains(timeout) else {
            throw ValidationError("--timeout must be more than 0 and at most 3600 seconds")
        }
    }

    var deadline: TimeAmount { .milliseconds(Int64(timeout * 1_000)) }
}

/// Which socket workloads ask at.
struct WorkloadSocketOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The broker's workload socket. (default: $IAM_BROKER_SOCKET, or \(BrokerPath.workloadSocket))",
            valueName: "path"
        )
    )
    var socket: String?

    @OptionGroup var wait: TimeoutOptions

    var client: BrokerClient {
        BrokerClient(socket: Self.path(socket), deadline: wait.deadline)
    }

    /// The socket for a command that was given this one, or none.
    static func path(_ given: String?) -> String {
        given ?? Environment.value("IAM_BROKER_SOCKET") ?? BrokerPath.workloadSocket
    }
}

/// Which socket administrators ask at.
struct AdminSocketOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The broker's admin socket. (default: $IAM_BROKER_ADMIN_SOCKET, or \(BrokerPath.adminSocket))",
            valueName: "path"
        )
    )
    var socket: String?

    @OptionGroup var wait: TimeoutOptions

    var client: BrokerClient {
        BrokerClient(
            socket: socket ?? Environment.value("IAM_BROKER_ADMIN_SOCKET") ?? BrokerPath.adminSocket,
            deadline: wait.deadline
        )
    }
}

/// The environment of the process.
enum Environment {
    /// The variable's value, or `nil` when it is unset or empty.
    static func value(_ name: String) -> String? {
        ProcessInfo.processInfo.environment[name].flatMap { $0.isEmpty ? nil : $0 }
    }
}
