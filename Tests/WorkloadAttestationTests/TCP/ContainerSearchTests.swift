import Testing

@testable import WorkloadAttestation

/// Peers in other network namespaces, in made-up folders of processes.
@Suite struct ContainerSearchTests {
    private static let id = String(repeating: "a", count: 64)
    private static let otherID = String(repeating: "b", count: 64)
    private static let inside = "0::/system.slice/docker-\(id).scope\n"
    private static let insideOther = "0::/system.slice/docker-\(otherID).scope\n"
    private let tree: ProcessTree

    init() throws {
        tree = try ProcessTree()
    }

    private func find(_ containers: Set<String> = [id]) throws(TCPAttestationError) -> TCPPeer {
        try TCPPeerFinder(
            containers: containers,
            processes: tree.table,
            limit: .seconds(60),
            ask: { (_, _) throws(TCPAttestationError) in nil }
        )
        .find(local: Connection.daemon, remote: Connection.peer, needsProcess: false)
    }

    private func code(_ containers: Set<String> = [id]) -> TCPAttestationError.Code? {
        refusal { () throws(TCPAttestationError) in try find(containers) }
    }

    /// The container's first process, and one that is connected.
    private func addContainer() throws {
        try tree.add(20, controlGroups: Self.inside, network: "container", tcp: Connection.line())
        try tree.add(
            21,
            sockets: [Connection.inode],
            controlGroups: Self.inside,
            network: "container",
            tcp: Connection.line()
        )
    }

    @Test func aProcessInANamedContainerIsFound() throws {
        try addContainer()
        let expected = TCPPeer(userID: 1000, inode: 777, processID: 21, processStart: 22, container: Self.id)
        #expect(try find() == expected)
        #expect(try find([Self.otherID, Self.id]) == expected)
    }

    @Test func aContainerThatNoGrantNamesIsNotLookedInto() throws {
        try addContainer()
        #expect(code([Self.otherID]) == .notFound)
        #expect(code(["a", String(Self.id.dropLast()), ""]) == .notFound)
    }

    @Test func aProcessThatSharesTheNamespaceAndIsElsewhereIsRefused() throws {
        try tree.add(20, controlGroups: Self.inside, network: "pod", tcp: Connection.line())
        try tree.add(
            21,
            sockets: [Connection.inode],
            controlGroups: Self.insideOther,
            network: "pod",
            tcp: Connection.line()
        )
        #expect(code() == .foreignOwner)
    }

    @Test func aSocketOfTwoProcessesIsRefused() throws {
        try addContainer()
        try tree.add(22, sockets: [Connection.inode], controlGroups: Self.inside, network: "container")
        #expect(code() == .ambiguous)
    }

    @Test func twoNamespacesWithTheSameConnectionAreRefused() throws {
        try addContainer()
        try tree.add(
            30,
            sockets: [778],
            controlGroups: Self.insideOther,
            network: "other",
            tcp: Connection.line(inode: "778")
        )
        #expect(code() == nil)
        #expect(code([Self.id, Self.otherID]) == .ambiguous)
    }

    @Test func aProcessThatMovedToAnotherNamespaceIsRefused() throws {
        try tree.add(20, controlGroups: Self.inside, network: "container", tcp: Connection.line())
        try tree.add(21, sockets: [Connection.inode], controlGroups: Self.inside, network: "elsewhere")
        #expect(code() == .notFound)
    }

    @Test func aSocketThatNobodyHoldsIsRefused() throws {
        try tree.add(20, controlGroups: Self.inside, network: "container", tcp: Connection.line(inode: "0"))
        #expect(code() == .notFound)
    }

    @Test func textThatCannotBeReadIsRefused() throws {
        try addContainer()
        try tree.write("20/net/tcp", Connection.line(user: "nobody"))
        try tree.write("21/net/tcp", Connection.line(user: "nobody"))
        #expect(code() == .unreadable)
    }

    @Test(arguments: ["net/tcp", "ns/net", "cgroup"])
    func aNamespaceThatCannotBeReadLeavesADoubt(name: String) throws {
        try addContainer()
        for process in ["20", "21"] {
            try tree.remove("\(process)/\(name)")
            // A link to itself can be neither opened nor followed.
            try tree.link("\(process)/\(name)", to: "\(tree.path)/\(process)/\(name)")
        }
        #expect(code() == .unreadable)
    }

    @Test func anEndlessListOfControlGroupsLeavesADoubt() throws {
        try addContainer()
        try tree.write("20/cgroup", String(repeating: "0::/x\n", count: 20_000))
        #expect(code() == .unreadable)
    }
}
