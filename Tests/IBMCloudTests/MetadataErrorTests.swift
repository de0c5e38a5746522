import IBMCloud
import Testing
import TokenBroker

/// Every code of the metadata service (reference: IBM API, section 2.4), seen through both calls.
@Suite struct MetadataErrorTests {
    @Test(arguments: [
        (400, "invalid_request", AcquisitionError.Code.requestRejected, "newer release"),
        (400, "invalid_value", .requestRejected, "newer release"),
        (400, "missing_field", .requestRejected, "rewrites requests"),
        (400, "missing_value", .requestRejected, "rewrites requests"),
        (400, "not_found", .requestRejected, "newer release"),
        (400, "profile_not_linked", .profileNotLinked, "open a case"),
        (400, "unknown_field", .requestRejected, "require_nonce: false"),
        (401, "unauthenticated", .identityRejected, "URL"),
        (403, "unauthorized", .metadataDisabled, "ibmcloud is instance-update <ID> --metadata-service true"),
        (500, "service_error", .upstreamFailed, "tried again by itself"),
        (400, "invalid_version_range", .requestRejected, "newer release"),
        // Codes that IBM may add are told by their status.
        (400, "brand_new", .requestRejected, "check the URL"),
        (401, "brand_new", .identityRejected, "clock"),
        (403, "brand_new", .forbidden, "not allowed"),
        (409, "brand_new", .requestRejected, "check the URL"),
        (429, "brand_new", .rateLimited, "less often"),
        (502, "brand_new", .upstreamFailed, "tried again"),
        (503, "unauthorized", .upstreamFailed, "tried again"),
    ])
    func aCodeBecomesATypedErrorOfTheIdentityCall(
        status: Int,
        code: String,
        expected: AcquisitionError.Code,
        advice: String
    ) async throws {
        try await World.withServer(Answers.metadataError(status, code)) { client, _ in
            let error = try await World.failure { try await client.vpcIdentity.identityToken() }
            #expect(error.code == expected)
            #expect(error.message.contains(advice))
            #expect(error.message.hasSuffix("(HTTP \(status), code \(code), trace 7c1b0a9f-8e7d)"))
        }
    }

    @Test(arguments: [
        (400, "invalid_request", AcquisitionError.Code.requestRejected, "newer release"),
        (400, "invalid_value", .requestRejected, "id, crn or name"),
        (400, "missing_field", .requestRejected, "rewrites requests"),
        (400, "missing_value", .requestRejected, "rewrites requests"),
        (400, "not_found", .requestRejected, "id, crn or name"),
        (
            400, "profile_not_linked", .profileNotLinked,
            "ibmcloud iam trusted-profile-link-create Profile-5f2d1c3a-8b4e-4d7f-9a6c-0e1b2d3f4a5b --name iam-broker "
                + "--cr-type VSI --link-crn \(World.instanceCRN)"
        ),
        (400, "unknown_field", .requestRejected, "newer release"),
        (401, "unauthenticated", .identityRejected, "clock"),
        (403, "unauthorized", .metadataDisabled, "--metadata-service true"),
        (500, "service_error", .upstreamFailed, "tried again by itself"),
        (400, "invalid_version_range", .requestRejected, "newer release"),
        (403, "brand_new", .forbidden, "not allowed"),
    ])
    func aCodeBecomesATypedErrorOfTheExchange(
        status: Int,
        code: String,
        expected: AcquisitionError.Code,
        advice: String
    ) async throws {
        try await World.withServer(Answers.metadataError(status, code)) { client, _ in
            let error = try await World.failure {
                try await client.vpcIdentity.exchange(World.identity, for: World.profile())
            }
            #expect(error.code == expected)
            #expect(error.message.contains(advice))
            #expect(error.message.contains("profile reports"))
            // Where there is a command, it is the one in the message.
            #expect((error.repair != nil) == ["profile_not_linked", "unauthorized"].contains(code))
            #expect(error.message.contains(error.repair ?? ""))
            #expect(error.message.hasSuffix("(HTTP \(status), code \(code), trace 7c1b0a9f-8e7d)"))
        }
    }

    @Test func anUnlinkedDefaultProfileIsToBeConfiguredByItsID() async throws {
        try await World.withServer(Answers.metadataError(400, "profile_not_linked")) { client, _ in
            let error = try await World.failure {
                try await client.vpcIdentity.exchange(World.identity, for: World.profile(.instanceDefault))
            }
            #expect(error.code == .profileNotLinked)
            #expect(error.message.contains("configure the profile by its id"))
        }
    }

    @Test(arguments: [
        #"{"errors":[{"code":"bad code","message":""}],"trace":"\u001b[31m"}"#,
        #"{"errors":[{"code":"\#(String(repeating: "a", count: 65))"}],"trace":""}"#,
        #"{"errors":[],"trace":7}"#,
        #"{"errors":{"code":"unauthorized"}}"#,
        "<html>forbidden</html>",
        "",
    ])
    func whatIsNotAnIdentifierIsLeftOut(body: String) async throws {
        try await World.withServer(.json(403, body)) { client, _ in
            let error = try await World.failure { try await client.vpcIdentity.identityToken() }
            #expect(error.code == .forbidden)
            #expect(error.message.hasSuffix("(HTTP 403)"))
        }
    }

    @Test(arguments: [
        (429, "Retry-After: 7", Duration.seconds(7)),
        (503, "Retry-After: 7", .seconds(7)),
        (503, "Retry-After: Tue, 01 Sep 2026 10:02:00 GMT", .seconds(120)),
        (429, "Retry-After: Tue, 01 Sep 2026 09:00:00 GMT", .zero),
        (429, "Retry-After: 3601", .seconds(3_600)),
        (429, "Retry-After: 99999999999999999999", .seconds(3_600)),
        (429, "Retry-After: Tue, 01 Sep 2026 12:00:00 GMT", .seconds(3_600)),
        (429, "Retry-After: soon", nil),
        (429, "Retry-After: -1", nil),
        (429, "X: y", nil),
        (500, "Retry-After: 7", nil),
    ])
    func theTimeToWaitIsReadAndCapped(status: Int, header: String, expected: Duration?) async throws {
        let reply = Reply.json(status, "", headers: [header])
        try await World.withServer(reply, reply, reply) { client, _ in
            let failures = [
                try await World.failure { try await client.vpcIdentity.identityToken() },
                try await World.failure {
                    try await client.tokenExchange.exchange(World.identity, for: World.profile())
                },
                try await World.failure { try await client.keySet.keySet() },
            ]
            for error in failures {
                #expect(error.code == (status == 429 ? .rateLimited : .upstreamFailed))
                #expect(error.retryAfter == expected)
            }
        }
    }
}
