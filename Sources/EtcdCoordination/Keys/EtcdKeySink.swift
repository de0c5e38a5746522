internal import FoundationEssentials
package import KeyRotation

/// Where a leader publishes a plan's key to all nodes of its fleet, sealed with the fleet's key.
///
/// Each change is one transaction that is carried out only while the term lasts, and only when nobody else changed what it is based on.
package struct EtcdKeySink: KeySink {
    private let client: EtcdClient
    private let keys: FleetKeys
    private let term: EtcdTerm
    private let sealer: any ValueSealer
    private var plan: PlanName { term.claim.plan }

    init(_ client: EtcdClient, _ keys: FleetKeys, _ term: EtcdTerm, sealer: any ValueSealer) {
        (self.client, self.keys, self.term, self.sealer) = (client, keys, term, sealer)
    }

    package func perform(_ call: SinkCall) async throws(Interruption) -> SinkAnswer {
        // Unstructured, so that it comes to its end when its caller is cancelled. Its deadlines end it.
        let answer = await Task { () async -> SinkAnswer in
            do throws(Failure) {
                return try await carryOut(call)
            } catch {
                return .fault(error.fault)
            }
        }
        .value
        if Task.isCancelled { throw Interruption() }
        return answer
    }

    private func carryOut(_ call: SinkCall) async throws(Failure) -> SinkAnswer {
        switch call {
        case .publish(let key): try await publish(key)
        case .inspect(let print): try await inspect(print)
        case .restore(let print): try await restore(print)
        case .forget(let print): try await forget(print)
        }
    }

    // MARK: Calls

    private func publish(_ key: PublishedKey) async throws(Failure) -> SinkAnswer {
        guard key.plan == plan else { throw Failure("the term is not one of the plan \(key.plan)", isLasting: true) }
        let place = try await place()
        if let current = place.current?.content, try isMet(current, by: key) {
            return .holds(print(of: current, key.rotation))
        }
        let new: Publication
        do throws(SealError) {
            new = try Publication.sealing(key, sealer)
        } catch {
            throw Failure("cannot publish the key of the plan \(plan): \(error.message)")
        }
        var operations: [EtcdOperation] = [.put(keys.current(plan), try bytes(new))]
        // An attempt before this one kept aside what was there before the rotation.
        if place.prior?.content.replacedBy != key.rotation {
            let prior = PriorPublication(replacedBy: key.rotation, publication: place.current?.content)
            operations.append(.put(keys.previous(plan), try bytes(prior)))
        }
        try await change(place, operations)
        guard let written = try await self.place().current?.content, written.mark == new.mark,
            try isMet(written, by: key)
        else {
            return .differs(
                "the published key of the plan \(plan) does not read back as it was written; see who writes to etcd"
            )
        }
        return .holds(print(of: written, key.rotation))
    }

    private func inspect(_ print: SinkPrint) async throws(Failure) -> SinkAnswer {
        let current = try await place().current?.content
        guard self.print(of: current, print.rotation) == print else {
            return .differs(
                current == nil
                    ? "the published key of the plan \(plan) is gone from etcd"
                    : "etcd holds another published key of the plan \(plan)"
            )
        }
        return .holds(print)
    }

    private func restore(_ print: SinkPrint) async throws(Failure) -> SinkAnswer {
        let place = try await place()
        guard let prior = place.prior?.content, prior.replacedBy == print.rotation else {
            let found = self.print(of: place.current?.content, print.rotation)
            return found.text.isEmpty || found != print
                ? .holds(found)
                : .differs("nothing is kept in etcd of what was published before the plan \(plan) rotated")
        }
        let restored = prior.publication?.writtenAgain()
        let current: EtcdOperation =
            if let restored { .put(keys.current(plan), try bytes(restored)) } else { .delete(.one(keys.current(plan))) }
        try await change(place, [current, .delete(.one(keys.previous(plan)))])
        return .holds(self.print(of: restored, print.rotation))
    }

    private func forget(_ print: SinkPrint) async throws(Failure) -> SinkAnswer {
        let place = try await place()
        if place.prior?.content.replacedBy == print.rotation {
            try await change(place, [.delete(.one(keys.previous(plan)))])
        }
        return .done
    }

    // MARK: etcd

    /// What lies there.
    private struct Place {
        var current: (content: Publication, revision: Int64)?
        var prior: (content: PriorPublication, revision: Int64)?
    }

    private func place() async throws(Failure) -> Place {
        let outcome: EtcdClient.Outcome
        do throws(EtcdError) {
            outcome = try await client.transaction(
                if: [],
                then: [.get(keys.current(plan)), .get(keys.previous(plan))]
            )
        } catch {
            throw Failure("the published key of the plan \(plan) cannot be read: \(error.message)")
        }
        var place = Place()
        if let value = outcome.values.first ?? nil {
            do throws(JournalError) {
                place.current = (try Publication.reading(value), value.modRevision)
            } catch {
                throw Failure(error.message, isLasting: true)
            }
        }
        if let value = outcome.values.dropFirst().first ?? nil {
            guard let prior = RecordForm.value(PriorPublication.self, value.bytes) else {
                throw Failure("\(value.key) in etcd is no published key; see who wrote it", isLasting: true)
            }
            place.prior = (prior, value.modRevision)
        }
        return place
    }

    /// Changes what lies there, if the term lasts and it is still as it was read.
    private func change(_ place: Place, _ operations: [EtcdOperation]) async throws(Failure) {
        let outcome: EtcdClient.Outcome
        do throws(EtcdError) {
            outcome = try await client.transaction(
                if: term.claim.conditions + [
                    .changed(keys.current(plan), at: place.current?.revision ?? 0),
                    .changed(keys.previous(plan), at: place.prior?.revision ?? 0),
                ],
                then: operations,
                else: [.get(term.claim.key)]
            )
        } catch {
            throw Failure("the published key of the plan \(plan) cannot be changed: \(error.message)")
        }
        guard !outcome.succeeded else { return }
        guard term.claim.isMet(by: outcome.values.first ?? nil) else {
            term.mark.end()
            throw Failure(JournalError.deposed(plan, at: keys.prefix).message)
        }
        throw Failure(
            "the published key of the plan \(plan) was changed by somebody else meanwhile; nothing was written"
        )
    }

    private func bytes(_ value: some Encodable) throws(Failure) -> [UInt8] {
        do throws(EtcdError) {
            return try RecordForm.bytes(value)
        } catch {
            throw Failure(error.message)
        }
    }

    /// Of nothing it has no text.
    private func print(of publication: Publication?, _ rotation: RotationID) -> SinkPrint {
        SinkPrint(rotation: rotation, text: publication?.mark ?? "")
    }

    /// Whether what is published is this key.
    private func isMet(_ publication: Publication, by key: PublishedKey) throws(Failure) -> Bool {
        guard publication.rotation == key.rotation else { return false }
        do throws(SealError) {
            let found = try publication.opened(plan, sealer)
            return found.id == key.id && found.material == key.material
        } catch {
            throw Failure(
                "the published key of the plan \(plan) cannot be opened: \(error.message); see whether all nodes have the same key of the fleet",
                isLasting: true
            )
        }
    }

    /// A fault on its way out.
    private struct Failure: Error {
        let fault: SinkFault

        init(_ message: String, isLasting: Bool = false) {
            fault = SinkFault(message, isLasting: isLasting)
        }
    }
}
