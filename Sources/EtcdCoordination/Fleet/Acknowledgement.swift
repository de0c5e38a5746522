internal import FoundationEssentials
internal import JOSE
internal import KeyRotation

/// That a node has the key of a rotation in use.
///
/// It is sealed for plan and node: who can write to etcd and has not the fleet's key cannot say it for a node.
struct Acknowledgement: Codable, Equatable {
    /// `nil` while it takes another key.
    let rotation: RotationID?
    let since: Date
    let lastSeen: Date

    private static func context(_ plan: PlanName, _ node: NodeName) -> String { "\(plan)/\(node)" }

    func sealed(_ plan: PlanName, _ node: NodeName, _ sealer: any ValueSealer) throws(JournalError) -> [UInt8] {
        do throws(EtcdError) {
            let bytes = try RecordForm.bytes(self)
            do throws(SealError) {
                return try sealer.seal(Redacted(bytes), for: Self.context(plan, node))
            } catch {
                throw EtcdError(.rejected, error.message)
            }
        } catch {
            throw JournalError(error, "the acknowledgement of the plan \(plan) cannot be sealed")
        }
    }

    /// `nil` for what cannot be believed.
    init?(_ box: [UInt8], _ plan: PlanName, _ node: NodeName, _ sealer: any ValueSealer) {
        guard let bytes = try? sealer.open(box, for: Self.context(plan, node)),
            let value = RecordForm.value(Acknowledgement.self, bytes.exposed)
        else { return nil }
        self = value
    }

    init(rotation: RotationID?, since: Date, lastSeen: Date) {
        (self.rotation, self.since, self.lastSeen) = (rotation, since, lastSeen)
    }
}

/// That an operator drains a node; sealed, because nobody waits for the acknowledgements of such a node.
enum DrainMark {
    private static func context(_ node: NodeName) -> String { "draining/\(node)" }

    static func bytes(_ node: NodeName, _ sealer: any ValueSealer) throws(SealError) -> [UInt8] {
        try sealer.seal(Redacted(Array("draining".utf8)), for: context(node))
    }

    static func isValid(_ box: [UInt8], _ node: NodeName, _ sealer: any ValueSealer) -> Bool {
        (try? sealer.open(box, for: context(node))) != nil
    }
}
