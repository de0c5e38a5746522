import AccessPolicy
import Foundation
import Testing

@testable import WorkloadAttestation

/// What a peer does while its process is looked at.
@Suite struct TCPChangeDuringAttestationTests {
    /// The code of the error when `change` happens while the executable is looked at.
    private func code(
        before: (TestClient) throws -> Void = { _ in },
        whenMeanwhile change: @escaping @Sendable (TestClient) throws -> Void
    ) async throws -> AttestationError.Code? {
        let listener = try TestSocket.listening(at: "127.0.0.1")
        let client = try TestClient()
        try before(client)
        try client.connects(to: "127.0.0.1", try listener.port)
        let program = URL(filePath: "/usr/bin/python3").resolvingSymlinksInPath().path
        let observations = Observations(at: .path(program)) {
            do { try change(client) } catch { Issue.record(error) }
        }
        let peer = try PeerAttestor.patient(observer: observations.observer).peer(behind: try listener.accepted())
        do throws(AttestationError) {
            _ = try await peer.workload(.executable)
            return nil
        } catch {
            #expect(observations.all.contains(.path(program)))
            #expect(peer.workloadAtOnce(.executable) == nil)
            return error.code
        }
    }

    @Test func nothingIsNoChange() async throws {
        #expect(try await code { _ in } == nil)
    }

    @Test func aChildThatHoldsTheConnectionTooIsRefused() async throws {
        #expect(try await code { try $0.does("fork") } == .unidentified)
    }

    @Test func aConnectionThatWentToAnotherProcessIsRefused() async throws {
        let code = try await code(
            before: { try $0.does("helper_as -") },
            whenMeanwhile: {
                try $0.does("give")
                try $0.does("close")
            }
        )
        #expect(code == .replaced)
    }

    @Test func aProgramThatIsExecutedIsRefused() async throws {
        #expect(try await code { try $0.executes() } == .executed)
    }

    @Test func aPeerThatHangsUpIsRefused() async throws {
        #expect(try await code { try $0.does("close") } == .unidentified)
    }

    @Test func aPeerThatEndsIsRefused() async throws {
        #expect(try await code { $0.process.end() } == .exited)
    }

    @Test func aPeerThatChangesItsUserIsRefusedNeedsRoot() async throws {
        #expect(try await code { try $0.does("become 12345") } == .replaced)
    }
}
