import DaemonConfiguration
import DaemonLogging
import DocumentReader
import Logging
import Testing

struct LogSettingTests {
    @Test(arguments: [
        ("", LogConfiguration(target: .auto, format: .text, level: .info)), ("log: {}", LogConfiguration()),
        ("log: { to: journal }", LogConfiguration(target: .journal)),
        (
            "log: { to: stderr, format: json, level: trace }",
            LogConfiguration(target: .stderr, format: .json, level: .trace)
        ),
        ("log: { to: auto, format: text, level: critical }", LogConfiguration(level: .critical)),
        (
            "log: { journal_socket: /run/systemd/journal.other/socket }",
            LogConfiguration(journalSocket: "/run/systemd/journal.other/socket")
        ),
    ])
    func isReadWithItsDefaults(line: String, expected: LogConfiguration) throws {
        #expect(try configuration(line).log == expected)
    }

    @Test(arguments: [
        ("log: debug", "log: must be a mapping"),
        ("log: { file: a }", "log.file: unknown key; known here: to, format, level, journal_socket"),
        ("log: { to: syslog }", "log.to: must be one of journal, stderr, auto"),
        ("log: { format: JSON }", "log.format: must be one of text, json"),
        ("log: { level: warn }", "log.level: must be one of trace, debug, info, notice, warning, error, critical"),
        ("log: { level: 1 }", "log.level: must be one of trace, debug, info, notice, warning, error, critical"),
        ("log: { journal_socket: a }", "log.journal_socket: must be an absolute path"),
        (
            "log: { journal_socket: /\(String(repeating: "a", count: 107)) }",
            "log.journal_socket: must be shorter than 108 bytes: it names a Unix socket"
        ),
    ])
    func mistakesAreToldWithTheirKeys(line: String, message: String) {
        let error = #expect(throws: DocumentError.self) { try configuration(line) }
        #expect(error?.description == "config.yaml:3: \(message)")
    }
}
