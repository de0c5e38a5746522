import CLinux
import Glibc
import Testing

@testable import WorkloadAttestation

/// The kernel's answer as bytes, well made and badly.
@Suite struct KernelAnswerTests {
    private static let (sequence, port): (UInt32, UInt32) = (7, 4242)

    /// A `struct nlmsghdr` and what follows.
    private static func message(
        type: UInt16 = 20,
        flags: UInt16 = 0,
        sequence: UInt32 = sequence,
        port: UInt32 = port,
        body: [UInt8],
        length: UInt32? = nil
    ) -> [UInt8] {
        bytes(length ?? UInt32(16 + body.count)) + bytes(type) + bytes(flags) + bytes(sequence) + bytes(port) + body
    }

    /// A `struct inet_diag_msg`.
    private static func socket(family: UInt8 = 2, state: UInt8 = 1) -> [UInt8] {
        let addresses =
            [10, 0, 0, 2] + [UInt8](repeating: 0, count: 12) + [10, 0, 0, 1] + [UInt8](repeating: 0, count: 12)
        let rest = bytes(UInt32(1)) + bytes(UInt32(5)) + bytes(UInt32(6)) + [UInt8](repeating: 0, count: 12)
        return [family, state, 0, 0] + [0x12, 0x34, 0, 80] + addresses + rest + bytes(UInt32(1000)) + bytes(UInt32(777))
    }

    private static func bytes(_ number: some FixedWidthInteger) -> [UInt8] { withUnsafeBytes(of: number) { Array($0) } }

    private static func read(_ message: [UInt8]) -> (result: CInt, socket: clinux_tcp_socket) {
        var socket = clinux_tcp_socket()
        let result = clinux_read_tcp_answer(message, message.count, sequence, port, &socket)
        return (result, socket)
    }

    @Test func anAnswerIsTheSocketItDescribes() throws {
        let answer = Self.read(Self.message(body: Self.socket()))
        #expect(answer.result == 0)
        let record = try SocketRecord.matching(own: Connection.peer, other: Connection.daemon, answer.socket)
        #expect(record == Connection.socket(cookie: 6 << 32 | 5))
    }

    @Test func anAnswerThatIsCutAnywhereIsNone() {
        let whole = Self.message(body: Self.socket())
        for length in 0..<whole.count {
            #expect(Self.read(Array(whole[..<length])).result == -EPROTO)
            // As long as it claims to be, and yet too short.
            let body = Array(Self.socket().prefix(max(0, length - 16)))
            #expect(Self.read(Self.message(body: body)).result == -EPROTO)
        }
    }

    @Test(arguments: [
        message(flags: 2, body: socket()),  // in parts
        message(type: 3, body: socket()),  // the end of a list
        message(type: 21, body: socket()),
        message(sequence: 8, body: socket()),
        message(port: 4243, body: socket()),
        message(body: socket(), length: 15),
        message(body: socket(), length: .max),
        message(body: socket(family: 1)),
        message(type: 2, body: bytes(Int32(0))),
        message(type: 2, body: bytes(Int32(1))),
        message(type: 2, body: bytes(Int32.min)),
        message(type: 2, body: [0, 0, 0]),
    ])
    func whatIsNotAnAnswerToTheQuestionIsRefused(message: [UInt8]) {
        #expect(Self.read(message).result == -EPROTO)
    }

    @Test(arguments: [ENOENT, EPERM, EINVAL])
    func anErrorOfTheKernelIsHandedOn(code: Int32) {
        #expect(Self.read(Self.message(type: 2, body: Self.bytes(-code))).result == -code)
    }

    @Test(
        arguments: [(1, true), (4, true), (5, true), (8, true)]
            + [0, 2, 3, 6, 7, 9, 10, 11, 12, 13, 255].map { ($0, false) }
    )
    func onlyAConnectedSocketIsAPeer(state: UInt8, isPeer: Bool) throws {
        let answer = Self.read(Self.message(body: Self.socket(state: state)))
        #expect(answer.result == 0)
        let record = try SocketRecord.matching(own: Connection.peer, other: Connection.daemon, answer.socket)
        #expect((record != nil) == isPeer)
    }

    @Test(arguments: [
        (TCPEndpoint(ipv4: 10, 0, 0, 3, port: 4660), Connection.daemon),
        (TCPEndpoint(ipv4: 10, 0, 0, 2, port: 4661), Connection.daemon),
        (Connection.peer, TCPEndpoint(ipv4: 10, 0, 0, 3, port: 80)),
        (Connection.peer, TCPEndpoint(ipv4: 10, 0, 0, 1, port: 81)),
        (Connection.daemon, Connection.peer),
    ])
    func anotherSocketThanTheOneAskedForIsRefused(own: TCPEndpoint, other: TCPEndpoint) {
        let answer = Self.read(Self.message(body: Self.socket()))
        let code = refusal { () throws(TCPAttestationError) in
            try SocketRecord.matching(own: own, other: other, answer.socket)
        }
        #expect(code == .kernelRefused)
    }

    @Test func randomBytesNeverBecomeASocket() {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<20_000 {
            let bytes = (0..<Int.random(in: 0...120, using: &generator)).map { _ in UInt8.random(in: 0...255) }
            #expect(Self.read(bytes).result < 0)
        }
    }
}
