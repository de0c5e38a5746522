/// Leases: keys that go when nobody says any more that they shall stay.
extension EtcdClient {
    /// A new lease.
    ///
    /// - Parameters:
    ///   - seconds: how long it is to last; etcd may give more.
    ///   - time: how long it may take.
    /// - Returns: its number, and how many seconds it lasts from when etcd got the request.
    /// - Throws: ``EtcdError``. A lease that was given and never heard of ends by itself.
    func grantLease(_ seconds: Int64, within time: Duration) async throws(EtcdError) -> (lease: Int64, seconds: Int64) {
        let body = Wire.Lease(time: Number64(seconds))
        let answer = try WireForm.value(
            Wire.LeaseAnswer.self,
            try await send("lease/grant", body, .repeatable, within: time)
        )
        guard let granted = answer.time?.value, granted > 0, answer.number.value != 0 else {
            throw EtcdError(.unreadable, "etcd's answer to the request for a lease cannot be read")
        }
        return (answer.number.value, granted)
    }

    /// How many seconds the lease lasts from when etcd got this; `nil` when it is no more.
    func keepLease(_ lease: Int64, within time: Duration) async throws(EtcdError) -> Int64? {
        let body = Wire.Lease(number: Number64(lease))
        let answer = try WireForm.value(
            Wire.KeepAliveAnswer.self,
            try await send("lease/keepalive", body, .repeatable, within: time)
        )
        guard answer.result.number.value == lease else {
            throw EtcdError(.unreadable, "etcd's answer is for another lease than the one that was asked for")
        }
        return answer.result.time.flatMap { $0.value > 0 ? $0.value : nil }
    }

    /// Ends the lease, and removes its keys; one that is no more is left alone.
    func revokeLease(_ lease: Int64, within time: Duration) async throws(EtcdError) {
        do throws(EtcdError) {
            _ = try await send("lease/revoke", Wire.Lease(number: Number64(lease)), .repeatable, within: time)
        } catch  where error.code == .leaseGone {
            return
        }
    }
}
