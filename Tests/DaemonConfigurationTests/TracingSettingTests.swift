import DaemonConfiguration
import DocumentReader
import Testing
import TraceExport

struct TracingSettingTests {
    @Test(arguments: [
        ("", nil),
        (
            "tracing: { url: \"http://127.0.0.1:4318/v1/traces\" }",
            TracingConfiguration(url: "http://127.0.0.1:4318/v1/traces", sample: 1)
        ),
        (
            "tracing: { url: \"http://[::1]:4318/v1/traces\", sample: 0 }",
            TracingConfiguration(url: "http://[::1]:4318/v1/traces", sample: 0)
        ),
        (
            "tracing: { url: https://collector.example.com/v1/traces, sample: 0.25 }",
            TracingConfiguration(url: "https://collector.example.com/v1/traces", sample: 0.25)
        ),
    ])
    func isReadWithItsDefaults(line: String, expected: TracingConfiguration?) throws {
        #expect(try configuration(line).tracing == expected)
    }

    @Test(arguments: [
        ("tracing: {}", "tracing: key 'url' is missing"), ("tracing: on", "tracing: must be a mapping"),
        ("tracing: { url: https://a, rate: 1 }", "tracing.rate: unknown key; known here: url, sample"),
        (
            "tracing: { url: http://collector.example.com }",
            "tracing.url: must begin with https:// unless the collector is on this machine"
        ),
        ("tracing: { url: https://a, sample: 1.01 }", "tracing.sample: must be a number from 0 to 1, such as 0.1"),
        ("tracing: { url: https://a, sample: -0.1 }", "tracing.sample: must be a number from 0 to 1, such as 0.1"),
        ("tracing: { url: https://a, sample: nan }", "tracing.sample: must be a number from 0 to 1, such as 0.1"),
        ("tracing: { url: https://a, sample: 0x1 }", "tracing.sample: must be a number from 0 to 1, such as 0.1"),
        ("tracing: { url: https://a, sample: all }", "tracing.sample: must be a number from 0 to 1, such as 0.1"),
    ])
    func mistakesAreToldWithTheirKeys(line: String, message: String) {
        let error = #expect(throws: DocumentError.self) { try configuration(line) }
        #expect(error?.description == "config.yaml:3: \(message)")
    }
}
