import CloudSimulator
import JOSE
import Testing

/// `/simulator/…`.
@Suite struct ControlTests {
    @Test(arguments: [
        (#"{"delay_ms":20}"#, Fault(delay: .milliseconds(20))),
        (#"{"drop":true,"times":3}"#, Fault(delivery: .drop, times: 3)),
        (#"{"hang":true}"#, Fault(delivery: .hang)),
        (
            #"{"drip":{"bytes":10,"interval_ms":5}}"#,
            Fault(delivery: .drip(bytes: 10, interval: .milliseconds(5)))
        ),
        (#"{"truncate":7}"#, Fault(delivery: .truncate(7))),
        (#"{"status":429,"retry_after":9}"#, .status(429, retryAfter: 9)),
        (#"{"status":200,"body":null}"#, Fault(answer: FaultAnswer(status: 200, body: .empty))),
        (#"{"status":500,"body":"no"}"#, Fault(answer: FaultAnswer(status: 500, body: .text("no")))),
        (#"{"omit":["expires_at"]}"#, Fault(omitting: ["expires_at"])),
        (#"{"wrong_key":true,"expired":true}"#, Fault(token: [.wrongKey, .expired])),
    ])
    func aFaultIsSetShownAndCleared(body: String, fault: Fault) async throws {
        try await TestCloud.run { cloud in
            let path = "/simulator/faults/iam_token"
            let set = try await cloud.client.send("PUT", path, body: body)
            #expect(set.status == 200)
            #expect(cloud.simulator.faults == [.iamToken: fault])
            let shown = try await cloud.client.send("GET", path)
            #expect(shown.text == body)
            let cleared = try await cloud.client.send("DELETE", path)
            #expect(cleared.text == "{}")
            #expect(cloud.simulator.faults.isEmpty)
        }
    }

    @Test(arguments: [
        (#"{"other_key":true,"expired":true}"#, Set([CertificateFault.otherKey, .expired])),
        (#"{"wrong_order":true,"wrong_signature":true}"#, Set([CertificateFault.wrongOrder, .wrongSignature])),
    ])
    func aFaultOfCertificatesIsSetAndShown(body: String, faults: Set<CertificateFault>) async throws {
        try await TestCloud.run { cloud in
            let path = "/simulator/faults/certificates"
            let shown = try await cloud.client.send("PUT", path, body: body)
            #expect(shown.text == body)
            #expect(cloud.simulator.faults == [.certificates: Fault(certificate: faults)])
        }
    }

    @Test func allFaultsAreClearedTogether() async throws {
        try await TestCloud.run { cloud in
            for endpoint in Endpoint.allCases { cloud.simulator.set(.status(500), for: endpoint) }
            let cleared = try await cloud.client.send("DELETE", "/simulator/faults")
            #expect(cleared.text == "{}")
            #expect(cloud.simulator.faults.isEmpty)
        }
    }

    @Test(arguments: [
        ("PUT", "faults/keys", "{}", 400, "selects no fault"),
        ("PUT", "faults/keys", #"{"times":2}"#, 400, "selects no fault"),
        ("PUT", "faults/keys", #"{"drop":true,"times":0}"#, 400, "times must be a whole number from 1 to 1000000"),
        ("PUT", "faults/keys", #"{"drop":1}"#, 400, "drop must be true or false"),
        ("PUT", "faults/keys", #"{"drop":true,"hang":true}"#, 400, "more than one"),
        ("PUT", "faults/keys", #"{"expired":true}"#, 400, "expired does not apply to keys"),
        ("PUT", "faults/iam", #"{"other_key":true}"#, 400, "other_key does not apply to iam"),
        ("PUT", "faults/certificates", #"{"wrong_key":true}"#, 400, "wrong_key does not apply to certificates"),
        ("PUT", "root-certificate", "{}", 405, "other methods"),
        ("PUT", "faults/keys", #"{"retry_after":1}"#, 400, "retry_after needs a status"),
        ("PUT", "faults/keys", #"{"status":199}"#, 400, "status must be"),
        ("PUT", "faults/keys", #"{"drip":{"bytes":0,"interval_ms":1}}"#, 400, "drip.bytes must be"),
        ("PUT", "faults/keys", #"{"slow":true}"#, 400, "slow is not known"),
        ("PUT", "faults/keys", "nonsense", 400, "the document cannot be read: not JSON"),
        ("PUT", "faults/moon", #"{"drop":true}"#, 404, "no endpoint is named moon"),
        ("POST", "faults/keys", #"{"drop":true}"#, 405, "other methods"),
        ("PUT", "clock", "{}", 400, "offset_seconds is missing"),
        ("PUT", "profiles/reports", #"{"linked":"no"}"#, 400, "linked must be true or false"),
        ("PUT", "profiles/nobody", #"{"linked":true}"#, 404, "no profile is named nobody"),
        ("PUT", "metadata-service", #"{"when_disabled":"smoke"}"#, 400, "silence, unauthorized"),
        ("GET", "moon", "", 404, "no such switch"),
    ])
    func mistakesAreNamed(method: String, path: String, body: String, status: Int, message: String) async throws {
        try await TestCloud.run { cloud in
            let response = try await cloud.client.send(method, "/simulator/\(path)", body: body)
            #expect(response.status == status)
            let told = try #require(response.json()["error"]?["message"]?.string)
            #expect(told.contains(message))
            #expect(cloud.simulator.faults.isEmpty)
        }
    }

    @Test func theClockIsSetAhead() async throws {
        try await TestCloud.run { cloud in
            let body = #"{"offset_seconds":-3600}"#
            let response = try await cloud.client.send("PUT", "/simulator/clock", body: body)
            #expect(response.text == #"{"offset_seconds":-3600,"now":"2026-09-01T09:00:00Z"}"#)
            let token = try await cloud.askIdentityToken()
            #expect(try token.string("created_at") == "2026-09-01T09:00:00.363Z")
            #expect(token.headers["date"] == "Tue, 01 Sep 2026 09:00:00 GMT")
        }
    }

    @Test func aProfileIsUnlinked() async throws {
        try await TestCloud.run { cloud in
            let response = try await cloud.client.send("PUT", "/simulator/profiles/reports", body: #"{"linked":false}"#)
            #expect(try response.json()["linked"]?.bool == false)
            #expect(cloud.simulator.instance.profiles.first?.isLinked == false)
        }
    }

    @Test func theMetadataServiceIsTurnedOff() async throws {
        try await TestCloud.run { cloud in
            let body = #"{"enabled":false,"when_disabled":"unauthorized"}"#
            let response = try await cloud.client.send("PUT", "/simulator/metadata-service", body: body)
            let expected =
                #"{"enabled":false,"protocol":"http","response_hop_limit":1,"when_disabled":"unauthorized"}"#
            #expect(response.text == expected)
            let refused = try await cloud.askIdentityToken()
            #expect(refused.status == 403)
        }
    }

    @Test func requestsAreCountedWithoutTokens() async throws {
        try await TestCloud.run { cloud in
            _ = try await cloud.askIAMToken()
            _ = try await cloud.askIAMToken()
            let counts = try await cloud.client.send("GET", "/simulator/requests")
            let rest =
                #""certificates":0,"metadata":0,"iam":0,"keys":0,"vpc":0,"iam_identity":0,"secrets_manager":0,"#
                + #""object_storage":0,"resource_controller":0,"key_protect":0}"#
            #expect(counts.text == #"{"identity_token":2,"iam_token":2,"# + rest)
            let reset = try await cloud.client.send("DELETE", "/simulator/requests")
            #expect(reset.text == #"{"identity_token":0,"iam_token":0,"# + rest)
        }
    }

    @Test func theOverviewSaysWhatCanBeSwitched() async throws {
        try await TestCloud.run { cloud in
            let response = try await cloud.client.send("GET", "/simulator")
            let names: Set = [
                "switches", "faults", "keys", "clock", "profiles", "metadata_service", "hmac_pairs", "api_keys",
                "propagation", "rotation_rules", "requests",
            ]
            #expect(try response.members() == names)
            for fault in TokenFault.allCases { #expect(response.text.contains(fault.rawValue)) }
            for fault in CertificateFault.allCases { #expect(response.text.contains(fault.rawValue)) }
            for endpoint in Endpoint.allCases { #expect(response.text.contains(endpoint.rawValue)) }
        }
    }

    @Test func waitingEndsWhenTheTaskIsCancelled() async throws {
        let simulator = CloudSimulator(keys: try TestKeys.keys(), now: { TestCloud.start })
        let waiting = Task { try await simulator.waitForRequests(to: .keys, reaching: 1) }
        waiting.cancel()
        await #expect(throws: CancellationError.self) { try await waiting.value }
    }
}
