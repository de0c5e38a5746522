import BrokerTesting
import EtcdCoordination
import KeyRotation
import Testing

/// etcd and the fake keep the same promises.
@Suite(.timeLimit(.minutes(5))) struct ConformanceTests {
    /// Appends with the term of each plan.
    private struct JournalOfTerms: RotationJournal {
        let terms: [PlanName: RotationTerm]
        let reader: any RotationJournal

        func latest() async throws(JournalError) -> [JournalRecord] { try await reader.latest() }

        func append(_ entry: JournalEntry) async throws(JournalError) {
            try await (terms[entry.plan]?.journal ?? reader).append(entry)
        }

        func history(of plan: PlanName?, limit: Int) async throws(JournalError) -> [JournalEvent] {
            try await reader.history(of: plan, limit: limit)
        }
    }

    private static func terms(_ leadership: any RotationLeadership) async throws -> [PlanName: RotationTerm] {
        var terms: [PlanName: RotationTerm] = [:]
        for name in ["a", "b", "c", "new", "race"] { terms[try plan(name)] = try await leadership.lead(try plan(name)) }
        return terms
    }

    @Test(arguments: EtcdRelease.allCases)
    func etcdIsARotationJournal(release: EtcdRelease) async throws {
        try await EtcdCluster.run(release) { cluster in
            try await FleetNode.run(["one"], in: cluster) { nodes in
                let terms = try await Self.terms(nodes[0].leadership)
                let journal = JournalOfTerms(terms: terms, reader: EtcdJournal(reading: nodes[0].client))
                try await checkConformance(
                    of: journal,
                    reopened: { JournalOfTerms(terms: terms, reader: EtcdJournal(reading: nodes[0].client)) }
                )
            }
        }
    }

    @Test(arguments: EtcdRelease.allCases)
    func etcdElectsLeaders(release: EtcdRelease) async throws {
        try await EtcdCluster.run(release) { cluster in
            try await FleetNode.run(["one", "two"], in: cluster) { nodes in
                try await checkConformance(
                    of: nodes[0].leading(seenBy: nodes[1]),
                    and: nodes[1].leading(seenBy: nodes[0]),
                    plan: plan(),
                    drawing: drawnKey
                )
            }
        }
    }

    @Test(arguments: EtcdRelease.allCases)
    func etcdIsASinkOfKeys(release: EtcdRelease) async throws {
        try await EtcdCluster.run(release) { cluster in
            try await FleetNode.run(["one"], in: cluster) { nodes in
                let term = try await nodes[0].leadership.lead(try plan())
                let sink = try #require(term.publication)
                try await checkConformance(of: sink, plan: plan(), drawing: drawnKey)
            }
        }
    }

    @Test(arguments: EtcdRelease.allCases)
    func etcdFeedsKeys(release: EtcdRelease) async throws {
        try await EtcdCluster.run(release) { cluster in
            try await FleetNode.run(["one", "two"], in: cluster) { nodes in
                let term = try await nodes[0].leadership.lead(try plan())
                let sink = try #require(term.publication)
                try await checkConformance(
                    of: nodes[1].feed,
                    publication: sink,
                    plan: plan(),
                    drawing: drawnKey
                )
            }
        }
    }

    @Test(arguments: EtcdRelease.allCases)
    func etcdIsABoardOfConsumers(release: EtcdRelease) async throws {
        try await EtcdCluster.run(release) { cluster in
            try await FleetNode.run(["one", "two"], in: cluster) { nodes in
                for node in nodes { try await nodes[0].waits(until: node.name, isLive: true) }
                try await checkConformance(
                    of: nodes[0].board,
                    and: nodes[1].board,
                    names: (nodes[0].name, nodes[1].name),
                    plan: plan(),
                    vanish: { try await nodes[1].pause(seenBy: nodes[0]) }
                )
            }
        }
    }

    @Test func theFakeIsARotationJournal() async throws {
        let fleet = ScriptedFleet()
        let terms = try await Self.terms(fleet.leadership(of: try node("one")))
        let journal = JournalOfTerms(terms: terms, reader: fleet.journal())
        try await checkConformance(of: journal, reopened: { journal })
    }

    @Test func theFakeElectsLeaders() async throws {
        let fleet = ScriptedFleet()
        func leading(_ name: String) throws -> LeadingNode {
            let node = try node(name)
            return LeadingNode(
                name: node,
                leadership: fleet.leadership(of: node),
                pause: {
                    fleet.pause(node)
                    fleet.advance(by: .seconds(16))
                },
                resume: { fleet.resume(node) }
            )
        }
        try await checkConformance(of: leading("one"), and: leading("two"), plan: plan(), drawing: drawnKey)
    }

    @Test func theFakeIsASinkAndAFeedOfKeys() async throws {
        let fleet = ScriptedFleet()
        let leadership = fleet.leadership(of: try node("one"))
        let first = try #require(try await leadership.lead(try plan()).publication)
        try await checkConformance(of: first, plan: plan(), drawing: drawnKey)
        let second = try #require(try await leadership.lead(try plan("other")).publication)
        try await checkConformance(
            of: fleet.feed(of: try node("two")),
            publication: second,
            plan: plan("other"),
            drawing: drawnKey
        )
    }

    @Test func theFakeIsABoardOfConsumers() async throws {
        let fleet = ScriptedFleet()
        let (one, two) = (try node("one"), try node("two"))
        try await checkConformance(
            of: fleet.board(of: one),
            and: fleet.board(of: two),
            names: (one, two),
            plan: plan(),
            vanish: {
                fleet.pause(two)
                fleet.advance(by: .seconds(16))
            }
        )
    }

    private func node(_ name: String) throws -> NodeName { try #require(NodeName(rawValue: name)) }
}
