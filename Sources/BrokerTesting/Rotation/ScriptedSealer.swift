package import JOSE
package import KeyRotation
internal import Synchronization

/// A sealer whose boxes are tickets: the values stay in its memory.
package final class ScriptedSealer: ValueSealer {
    private struct Content {
        let value: Redacted<[UInt8]>
        let context: String
    }

    /// What its boxes begin with, and no other sealer's.
    private let mark = UInt64.random(in: .min ... .max)
    private let contents = Mutex<[[UInt8]: Content]>([:])
    private let failure: Mutex<SealError?>

    /// - Parameter failure: what every call throws.
    package init(failure: SealError? = nil) {
        self.failure = Mutex(failure)
    }

    /// From now on every call throws this, or none does.
    package func fail(_ error: SealError?) {
        failure.withLock { $0 = error }
    }

    package func seal(_ value: Redacted<[UInt8]>, for context: String) throws(SealError) -> [UInt8] {
        try checkFailure()
        return contents.withLock { contents in
            let box = Array("ticket \(mark) \(contents.count).".utf8)
            contents[box] = Content(value: value, context: context)
            return box
        }
    }

    package func open(_ box: [UInt8], for context: String) throws(SealError) -> Redacted<[UInt8]> {
        try checkFailure()
        guard let content = contents.withLock({ $0[box] }) else { throw SealError("the box is not of this sealer") }
        guard content.context == context else { throw SealError("the box is not of the context \(context)") }
        return content.value
    }

    private func checkFailure() throws(SealError) {
        if let failure = failure.withLock({ $0 }) { throw failure }
    }
}
