import Foundation
import Synchronization
import TestFiles
import Testing

/// What a process writes, as it comes.
final class ProcessLog: Sendable {
    fileprivate struct Protected {
        var bytes = Data()
        var isEnded = false
        var waiters: [(text: String, occurrence: Occurrence<Void>)] = []
    }

    private let protected = Mutex(Protected())
    private let end = Occurrence<Void>("the end of the output")

    /// All that was written so far.
    var text: String { protected.withLock { String(decoding: $0.bytes, as: UTF8.self) } }

    /// Reads to the end, on a thread of its own.
    func follow(_ pipe: Pipe) {
        Thread.detachNewThread { [self] in
            while true {
                let chunk = pipe.fileHandleForReading.availableData
                guard !chunk.isEmpty else { break }
                append(chunk)
            }
            finish()
        }
    }

    /// Returns when `text` was written; throws when the process ended without it.
    func wait(for text: String) async throws {
        let occurrence = Occurrence<Void>("the output '\(text)'")
        let isEnded = protected.withLock { protected in
            if protected.text.contains(text) {
                occurrence.happen(())
            } else if !protected.isEnded {
                protected.waiters.append((text, occurrence))
            }
            return protected.isEnded
        }
        if isEnded { occurrence.fail() }
        do {
            try await occurrence.wait()
        } catch {
            throw DidNotHappen(description: "\(error); the output is: \(self.text)")
        }
    }

    /// Returns when nothing more can come.
    func waitForEnd() async throws { try await end.wait() }

    private func append(_ chunk: Data) {
        let done = protected.withLock { protected in
            protected.bytes.append(chunk)
            let text = protected.text
            let done = protected.waiters.filter { text.contains($0.text) }
            protected.waiters.removeAll { text.contains($0.text) }
            return done
        }
        for waiter in done { waiter.occurrence.happen(()) }
    }

    private func finish() {
        let left = protected.withLock { protected in
            protected.isEnded = true
            defer { protected.waiters = [] }
            return protected.waiters
        }
        for waiter in left { waiter.occurrence.fail() }
        let bytes = protected.withLock { $0.bytes }
        #expect(throws: Never.self) { try TestFiles.keep(bytes, as: "log") }
        end.happen(())
    }
}

extension ProcessLog.Protected {
    fileprivate var text: String { String(decoding: bytes, as: UTF8.self) }
}
