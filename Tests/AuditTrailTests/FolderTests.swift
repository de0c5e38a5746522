import AuditChain
import AuditTrail
import Foundation
import Glibc
import Testing
import TokenBroker

/// The folder and its files are for the daemon alone.
struct FolderTests {
    private func mode(_ path: String) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        return try #require(attributes[.posixPermissions] as? Int)
    }

    @Test func whatIsMadeIsForTheOwnerAlone() async throws {
        let world = try World()
        try await world.session([])
        #expect(try mode(world.folder) == 0o700)
        #expect(try mode(world.current) == 0o600)
    }

    @Test func whatOthersCouldReadIsClosed() async throws {
        let world = try World()
        try await world.session([])
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: world.folder)
        try FileManager.default.setAttributes([.posixPermissions: 0o666], ofItemAtPath: world.current)
        try await world.session([])
        #expect(try mode(world.folder) == 0o700)
        #expect(try mode(world.current) == 0o600)
    }

    /// A program that is being started has copies of all descriptors until it runs.
    @Test func aCopyOfTheDescriptorDoesNotKeepTheLock() async throws {
        let world = try World()
        let log = world.log()
        try await log.start()
        let folder = try FileManager.default.attributesOfItem(atPath: world.folder)[.systemFileNumber] as? Int
        let open = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").compactMap(Int32.init)
        let copies =
            open.filter { number in
                var status = stat()
                return fstat(number, &status) == 0 && Int(status.st_ino) == folder
            }
            .map { fcntl($0, F_DUPFD_CLOEXEC, 3) }
        defer { for copy in copies { close(copy) } }
        try #require(!copies.isEmpty)
        await log.stop()
        try await world.session([])
    }

    @Test(arguments: [true, false])
    func aSymbolicLinkIsNotFollowed(atTheFile: Bool) async throws {
        let world = try World()
        let target = world.scratch.path + "/target"
        if atTheFile {
            try FileManager.default.createDirectory(atPath: world.folder, withIntermediateDirectories: false)
            try Data().write(to: URL(filePath: target))
            try FileManager.default.createSymbolicLink(atPath: world.current, withDestinationPath: target)
        } else {
            try FileManager.default.createDirectory(atPath: target, withIntermediateDirectories: false)
            try FileManager.default.createSymbolicLink(atPath: world.folder, withDestinationPath: target)
        }
        let log = world.log(isRequired: true)
        await #expect(throws: AuditFileError.self) { try await log.start() }
        #expect(!log.mayProceed)
        if atTheFile { #expect(try Data(contentsOf: URL(filePath: target)).isEmpty) }
        #expect(log.status.isFailing)
    }

    @Test func whatIsNoRegularFileIsRefused() async throws {
        let world = try World()
        try FileManager.default.createDirectory(atPath: world.current, withIntermediateDirectories: true)
        let log = world.log(isRequired: true)
        await #expect(throws: AuditFileError.self) { try await log.start() }
    }

    @Test func aFileOfSomebodyElseIsRefusedNeedsRoot() async throws {
        try #require(Glibc.geteuid() == 0, "this test needs root: it gives a file to another user")
        let world = try World()
        try await world.session([])
        try #require(chown(world.current, 65_534, 65_534) == 0)
        let log = world.log(isRequired: true)
        let error = await #expect(throws: AuditFileError.self) { try await log.start() }
        #expect(error?.code == .unsafe)
    }

    @Test(arguments: [true, false])
    func aLogHasOneWriter(isRequired: Bool) async throws {
        let world = try World()
        let first = world.log()
        try await first.start()
        let second = world.log(isRequired: isRequired)
        let error = await #expect(throws: AuditFileError.self) { try await second.start() }
        #expect(error?.code == .inUse)
        await first.stop()
        try await second.start()
        second.record(.generation(1))
        await second.stop()
        #expect(try world.verify().isValid)
        #expect(try world.events() == ["stopped", "policy_loaded", "stopped"])
    }

    @Test func aLogThatIsNotRequiredStartsWithoutItsFolderAndFindsItLater() async throws {
        let world = try World()
        let parent = world.scratch.path
        try FileManager.default.removeItem(atPath: parent)
        let log = world.log()
        try await log.start()
        log.record(.generation(1))
        await log.flush()
        #expect(log.status.isFailing)
        #expect(log.mayProceed)
        try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: false)
        await log.flush()
        #expect(!log.status.isFailing)
        await log.stop()
        #expect(try world.events() == ["policy_loaded", "stopped"])
        #expect(world.notices.all.first.map { if case .failed = $0 { true } else { false } } == true)
        #expect(world.notices.all.contains(.worksAgain))
    }
}
