internal import ArgumentParser
internal import BrokerAPI

/// `iam-broker doctor`: what stands between the workloads of this machine and their tokens.
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Check everything that tokens depend on, and tell how to mend what is wrong.",
        discussion: """
            It changes nothing. As root it sees most: the firewall, the daemon and the files of others.

            Exit codes: 0 all is well; 1 something is wrong or could not be checked.
            """
    )

    @OptionGroup var socket: AdminSocketOptions

    @Option(
        help: ArgumentHelp(
            "Look for credentials that the SDKs in this process would prefer, in place of those of this command.",
            valueName: "n"
        )
    )
    var pid: Int32?

    @Flag(help: "Print the findings as JSON.")
    var json = false

    func validate() throws {
        if let pid, pid < 1 { throw ValidationError("--pid must be the number of a process") }
    }

    func run() async throws {
        let client = socket.client
        let examined = try pid.map { pid throws(CommandFailure) in try ExaminedProcess(id: pid) } ?? .this
        let daemon = await DaemonDiagnosis(client)
        let report = DoctorReport(
            findings: daemon.findings + [FirewallDiagnosis(daemon.answer).finding]
                + StrayCredentials(in: examined).findings
        )
        try StandardOutput.write(json ? report.json : report.text)
        guard report.isHealthy else { throw ExitCode.rejected }
    }
}
