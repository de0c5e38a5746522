internal import SystemPrograms

/// The kernel's packet filter, through the `nft` program.
struct NFTables: Sendable {
    private let program: String

    init() throws(CommandFailure) {
        guard let program = ProgramRun.path(ofSystemProgram: "nft") else {
            throw CommandFailure(
                .unavailable,
                "nft is not installed",
                hint: "install the package nftables: apt-get install nftables, or dnf install nftables"
            )
        }
        self.program = program
    }

    /// Carries out a script in one transaction: all of it, or nothing.
    func run(_ script: String) throws(CommandFailure) {
        _ = try run(["-f", "-"], input: script)
    }

    /// The table as `nft` lists it, or `nil` when the kernel has none of that name.
    func list(_ table: String) throws(CommandFailure) -> String? {
        let tables = try run(["list", "tables"]).split(separator: "\n")
        guard tables.contains(where: { $0 == "table \(table)" }) else { return nil }
        return try run(["list", "table"] + Self.words(table))
    }

    /// The table that `script` makes, as this `nft` would list it, or `nil` where that cannot be tried.
    ///
    /// Versions of `nft` list the same table differently. So it is made in a network namespace that ends with the program.
    func rendering(_ table: String, madeBy script: String) -> String? {
        guard let unshare = ProgramRun.path(ofSystemProgram: "unshare") else { return nil }
        // Two runs, because one that makes a table does not list its rules. The shell reads nothing that varies.
        let steps = #""$0" -f - && exec "$0" list table "$1" "$2""#
        let arguments = ["--net", "--", "/bin/sh", "-c", steps, program] + Self.words(table)
        guard let run = try? ProgramRun(unshare, arguments, input: script) else { return nil }
        return run.isSuccess ? run.output : nil
    }

    private static func words(_ table: String) -> [String] {
        table.split(separator: " ").map(String.init)
    }

    private func run(_ arguments: [String], input: String = "") throws(CommandFailure) -> String {
        let run: ProgramRun
        do {
            run = try ProgramRun(program, arguments, input: input)
        } catch {
            throw CommandFailure(.unavailable, "\(error)")
        }
        guard !run.isSuccess else { return run.output }
        // The environment is empty, so these are the words in the C locale.
        if run.errors.contains("Operation not permitted") {
            throw CommandFailure(
                .refused,
                "not permitted to look at or change the packet filter",
                hint: "run it as root (CAP_NET_ADMIN)"
            )
        }
        let words = run.errors.split(separator: "\n").prefix(5).joined(separator: "\n")
        throw CommandFailure(.unavailable, "\(program) failed (\(run.end)): \(words)")
    }
}
