package import ArgumentParser
internal import FoundationEssentials
internal import Glibc
internal import JOSE

/// `rotation next`: when an expression is due.
package struct RotationNextCommand: ParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "next",
        abstract: "Print when a cron expression is due next, by the clock on the wall of a place.",
        discussion: """
            With --batch it reads JSON Lines {"id","expression","zone","from","count"} from standard input, and answers each with \
            {"id","next":[…]} or {"id","error":"…"}. Exit codes: 0 done; 64 wrong usage; 65 the expression or zone is wrong.
            """
    )

    @Option(help: "Minute, hour, day of month, month and day of week; or @hourly, @daily, @weekly, @monthly, @yearly.")
    var expression: String?

    @Option(help: ArgumentHelp("The place, such as Europe/Berlin.", valueName: "zone"))
    var zone = "UTC"

    @Option(help: ArgumentHelp("Times after this one, in seconds since 1970. (default: now)", valueName: "epoch"))
    var from: Int?

    @Option(name: .short, help: ArgumentHelp("How many.", valueName: "count"))
    var n = 1

    @Flag(help: #"Print {"next":[…]}, in seconds since 1970."#)
    var json = false

    @Flag(help: "Read questions from standard input.")
    var batch = false

    package init() {}

    package func validate() throws {
        guard batch != (expression != nil) else { throw ValidationError("give an --expression, or --batch") }
        guard ScheduleQuestion.counts.contains(n) else {
            throw ValidationError(
                "-n must be \(ScheduleQuestion.counts.lowerBound) to \(ScheduleQuestion.counts.upperBound)"
            )
        }
    }

    package func run() throws {
        guard let expression else { return try answerAll() }
        let from = from ?? Int(Date().timeIntervalSince1970)
        let times: [Int]
        do throws(ScheduleQuestion.Refusal) {
            times = try ScheduleQuestion(expression: expression, zone: zone, from: from, count: n).answer()
        } catch {
            Self.complain("\(error)")
            throw ExitCode.badInput
        }
        guard !json else { return print(Self.object("next", times)) }
        for time in times { print(Self.words(time, zone)) }
    }

    /// Bytes of a line at most.
    private static let longest = 64 * 1_024

    private func answerAll() throws {
        var lines = BoundedLines(limit: Self.longest)
        while let line = lines.next() {
            switch line {
            case .text(let text) where text.allSatisfy(\.isWhitespace): continue
            case .text(let text): try Self.write(Self.answer(to: text))
            case .tooLong: try Self.write(Self.noObject)
            }
        }
    }

    private static let noObject = #"{"id":null,"error":"the line is no JSON object of at most 64 KiB"}"#

    /// At once: who asks may wait for it before asking on.
    private static func write(_ line: String) throws {
        var rest = Array("\(line)\n".utf8)[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(STDOUT_FILENO, $0.baseAddress, $0.count) }
            if count > 0 {
                rest = rest.dropFirst(count)
            } else if errno != EINTR {
                // Nobody reads any more.
                throw ExitCode(70)
            }
        }
    }

    private static func answer(to line: String) -> String {
        let limits = JSONLimits(size: longest)
        guard let root = try? JSONDocument(parsing: Array(line.utf8), limits: limits).root, root.members != nil else {
            return noObject
        }
        let id = #""id":\#(root["id"]?.text ?? "null")"#
        guard let expression = root["expression"]?.string, let zone = root["zone"]?.string,
            let from = root["from"]?.integer, let count = root["count"]?.integer
        else {
            return #"{\#(id),"error":"expression and zone must be texts, from and count whole numbers"}"#
        }
        do throws(ScheduleQuestion.Refusal) {
            let times = try ScheduleQuestion(expression: expression, zone: zone, from: from, count: count).answer()
            return #"{\#(id),"next":[\#(times.map(String.init).joined(separator: ","))]}"#
        } catch {
            return #"{\#(id),"error":\#(quoted("\(error)"))}"#
        }
    }

    /// Messages are printable ASCII and a few signs of typography.
    private static func quoted(_ text: String) -> String {
        let escaped = text.map { $0 == "\"" || $0 == "\\" ? "\\\($0)" : String($0) }
        return "\"\(escaped.joined())\""
    }

    private static func object(_ name: String, _ times: [Int]) -> String {
        #"{"\#(name)":[\#(times.map(String.init).joined(separator: ","))]}"#
    }

    /// As the clock on the wall shows it, and how far that is from UTC.
    private static func words(_ time: Int, _ zone: String) -> String {
        let date = Date(timeIntervalSince1970: TimeInterval(time))
        guard let zone = ScheduleQuestion.timeZone(zone) else { return date.formatted(.iso8601) }
        return date.formatted(Date.ISO8601FormatStyle(timeZoneSeparator: .colon, timeZone: zone))
    }

    private static func complain(_ message: String) {
        let text = Array("iam-broker: \(message)\n".utf8)
        // Nobody is left to tell when standard error is closed.
        _ = unsafe text.withUnsafeBytes { unsafe Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}
