import Synchronization
import Testing

@testable import WorkloadAttestation

/// What the finder makes of a kernel whose answers are made up.
@Suite struct KernelAgreementTests {
    private let tree: ProcessTree

    init() throws {
        tree = try ProcessTree()
        try tree.add(10, sockets: [Connection.inode])
    }

    private func code(needsProcess: Bool = true, _ answers: SocketRecord?...) -> TCPAttestationError.Code? {
        let kernel = ScriptedKernel(answers)
        let finder = TCPPeerFinder(
            containers: [],
            processes: tree.table,
            limit: .seconds(60),
            ask: { (own, other) throws(TCPAttestationError) in try kernel.answer(own, other) }
        )
        return refusal { () throws(TCPAttestationError) in
            try finder.find(local: Connection.daemon, remote: Connection.peer, needsProcess: needsProcess)
        }
    }

    @Test func twoEqualAnswersAreBelieved() {
        #expect(code(Connection.socket(), Connection.socket()) == nil)
    }

    @Test(arguments: [
        nil, Connection.socket(cookie: 2), Connection.socket(user: 1001), Connection.socket(inode: 778),
        Connection.socket(inode: 0),
    ])
    func aSocketThatChangedMeanwhileIsRefused(second: SocketRecord?) {
        #expect(code(Connection.socket(), second) == .notFound)
    }

    /// What happens to the holder while the kernel is asked for the second time; the socket itself stays the same.
    private func code(
        whenMeanwhile change: @escaping @Sendable (ProcessTree) throws -> Void
    ) -> TCPAttestationError.Code? {
        let (tree, questions) = (tree, SteppingClock(step: .zero))
        let finder = TCPPeerFinder(
            containers: [],
            processes: tree.table,
            limit: .seconds(60),
            ask: { (_, _) throws(TCPAttestationError) in
                _ = questions.next()
                guard questions.readings == 2 else { return Connection.socket() }
                do { try change(tree) } catch { throw TCPAttestationError(.kernelRefused, "\(error)") }
                return Connection.socket()
            }
        )
        return refusal { () throws(TCPAttestationError) in
            try finder.find(local: Connection.daemon, remote: Connection.peer, needsProcess: true)
        }
    }

    @Test func aHolderThatClosedMeanwhileIsRefused() {
        #expect(code(whenMeanwhile: { try $0.remove("10/fd/3") }) == .notFound)
    }

    @Test func aHolderWhoseDescriptorIsAnotherSocketByNowIsRefused() {
        let code = code(whenMeanwhile: {
            try $0.remove("10/fd/3")
            try $0.link("10/fd/3", to: "socket:[778]")
        })
        #expect(code == .notFound)
    }

    @Test func aProcessThatTookTheNumberOfTheHolderIsRefused() {
        let code = code(whenMeanwhile: {
            try $0.remove("10")
            try $0.add(10, sockets: [Connection.inode])
        })
        #expect(code == .notFound)
    }

    @Test(arguments: [false, true])
    func aSocketThatNobodyHoldsIsRefused(needsProcess: Bool) {
        #expect(code(needsProcess: needsProcess, Connection.socket(inode: 0)) == .notFound)
    }

    @Test func withoutNeedOfTheProcessNoneIsLookedFor() throws {
        try tree.remove("")
        #expect(code(needsProcess: false, Connection.socket()) == nil)
    }

    @Test func anotherNamespaceIsNotSearchedUnlessAGrantNamesAContainer() throws {
        try tree.add(11, controlGroups: "0::/docker/\(String(repeating: "a", count: 64))\n", tcp: Connection.line())
        #expect(code(nil) == .notFound)
    }

    @Test func theKernelsRefusalIsHandedOn() {
        #expect(code() == .kernelRefused)
    }
}

/// Gives one answer after the other, and none of them to a question in the wrong direction.
private final class ScriptedKernel: Sendable {
    private let answers: Mutex<[SocketRecord?]>

    init(_ answers: [SocketRecord?]) {
        self.answers = Mutex(answers)
    }

    func answer(_ own: TCPEndpoint, _ other: TCPEndpoint) throws(TCPAttestationError) -> SocketRecord? {
        let next: SocketRecord?? = answers.withLock { $0.isEmpty ? nil : .some($0.removeFirst()) }
        guard let next, own == Connection.peer, other == Connection.daemon else {
            throw TCPAttestationError(.kernelRefused, "no answer is left")
        }
        return next
    }
}
