import CloudSimulator
import Foundation
import Logging
import TestFiles
import Testing

/// IBM's own SDKs for Python, as they are.
@Suite struct RotationSDKTests {
    @Test func theyRotateKeys() async throws {
        // The clock of the SDKs is the real one.
        let simulator = CloudSimulator(
            keys: try TestKeys.keys(),
            now: { Date() },
            noting: { secret in
                #expect(throws: Never.self) { try TestFiles.note(length: secret.length, digest: secret.digest) }
            }
        )
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let (output, code) = try await simulator.withRunning(logger: logger) { address in
            try await PythonClient.run("rotate_keys.py", [address.url])
        }
        #expect(code == 0, "\(output)")
        #expect(output.split(separator: "\n").count { $0.hasPrefix("ok ") } == 30, "\(output)")
    }
}
