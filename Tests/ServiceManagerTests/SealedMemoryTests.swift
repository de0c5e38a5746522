import CLinux
import Glibc
import Testing

@testable import ServiceManager

@Suite struct SealedMemoryTests {
    private static let mostBytes = 1_024

    /// What the next instance gets: a descriptor of its own.
    private func handedOver(_ descriptor: Int32) -> Int32 { fcntl(descriptor, F_DUPFD_CLOEXEC, 3) }

    private func taken(_ descriptor: Int32) throws -> SealedMemory {
        try SealedMemory(inherited: handedOver(descriptor), mostBytes: Self.mostBytes)
    }

    private func memory(_ content: [UInt8] = [1]) throws -> Int32 {
        let descriptor = clinux_memfd("test")
        try #require(descriptor >= 0)
        try #require(write(descriptor, content, content.count) == content.count)
        return descriptor
    }

    @Test func theNextInstanceReadsWhatWasWritten() throws {
        let memory = try SealedMemory(name: "test", [.bytes([1, 2]), .text("täxt"), .bytes([])])
        let next = try taken(memory.descriptor)
        #expect(try next.withBytes { Array($0) } == [1, 2] + Array("täxt".utf8))
        #expect(try SealedMemory(name: "test", []).withBytes { $0.count } == 0)
    }

    @Test func nobodyCanChangeItAnyMore() throws {
        let memory = try SealedMemory(name: "test", [.bytes([1, 2])])
        #expect(pwrite(memory.descriptor, [9] as [UInt8], 1, 0) == -1)
        #expect(ftruncate(memory.descriptor, 0) == -1)
        #expect(ftruncate(memory.descriptor, 3) == -1)
        let mapping = mmap(nil, 2, PROT_READ | PROT_WRITE, MAP_SHARED, memory.descriptor, 0)
        #expect(mapping == MAP_FAILED)
    }

    @Test func memoryThatIsNotSealedIsRefused() throws {
        let descriptor = try memory()
        defer { close(descriptor) }
        let error = #expect(throws: ServiceManagerError.self) { try taken(descriptor) }
        #expect(error?.message == "it is not sealed against every change")
    }

    /// `F_ADD_SEALS` and the seals of linux/fcntl.h: seal, shrink, grow, write.
    @Test(arguments: [0b1110, 0b1101, 0b1011, 0b0111] as [Int32])
    func oneMissingSealIsEnough(seals: Int32) throws {
        let descriptor = try memory()
        defer { close(descriptor) }
        try #require(fcntl(descriptor, 1_033, seals) == 0)
        #expect(throws: ServiceManagerError.self) { try taken(descriptor) }
    }

    @Test func whatIsNotMemoryIsRefused() throws {
        var pipes: [Int32] = [0, 0]
        try #require(pipe(&pipes) == 0)
        defer { for descriptor in pipes { close(descriptor) } }
        let file = open("/proc/self/exe", O_RDONLY | O_CLOEXEC)
        // A file in memory, too, but one with a name.
        let shared = shm_open("/broker-\(getpid())", O_RDWR | O_CREAT | O_EXCL, 0o600)
        shm_unlink("/broker-\(getpid())")
        defer { for descriptor in [file, shared] { close(descriptor) } }
        for descriptor in [pipes[0], file, shared] {
            try #require(descriptor >= 0)
            #expect(throws: ServiceManagerError.self) { try taken(descriptor) }
        }
    }

    @Test func memoryOfAnotherUserIsRefused() throws {
        try #require(geteuid() == 0, "this test needs root: it gives memory to another user")
        let descriptor = try memory()
        defer { close(descriptor) }
        try #require(fchown(descriptor, 12_345, 12_345) == 0)
        try #require(clinux_seal(descriptor) == 0)
        let error = #expect(throws: ServiceManagerError.self) { try taken(descriptor) }
        #expect(error?.message.contains("uid 12345") == true)
    }

    @Test(arguments: [(1_024, true), (1_025, false)])
    func thereIsALimitOfItsSize(size: Int, isTaken: Bool) throws {
        let descriptor = try memory([UInt8](repeating: 7, count: size))
        defer { close(descriptor) }
        try #require(clinux_seal(descriptor) == 0)
        if isTaken {
            #expect(try taken(descriptor).size == size)
        } else {
            #expect(throws: ServiceManagerError.self) { try taken(descriptor) }
        }
    }
}
