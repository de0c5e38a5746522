/// What `GET /simulator` says of the switches.
enum ControlGuide {
    static var document: JSONOutput {
        .array(
            entries.map { request, body, effect in
                ["request": .string(request), "body": .string(body), "effect": .string(effect)]
            }
        )
    }

    private static let entries = [
        (
            "PUT /simulator/faults/{endpoint}",
            #"{"delay_ms":N,"times":K} and one of {"drop":true}, {"hang":true}, {"drip":{"bytes":N,"interval_ms":M}},"#
                + #" {"truncate":N}; {"status":CODE,"body":"text" or null,"retry_after":SECONDS}; {"omit":["member"]};"#
                + " one or more of wrong_key, wrong_signature, expired, other_profile, other_account, wrong_nonce; for"
                + " certificates of other_key, wrong_order, wrong_signature, expired",
            "the endpoint misbehaves, K times or until cleared; without body, a status of 400 or more has the"
                + " service's own error; endpoints are identity_token, iam_token, certificates,"
                + " metadata, iam, keys, vpc, iam_identity, secrets_manager, object_storage"
        ),
        ("GET /simulator/faults, /simulator/faults/{endpoint}", "", "shows faults"),
        ("DELETE /simulator/faults, /simulator/faults/{endpoint}", "", "clears faults"),
        (
            "POST /simulator/rotate-keys", #"{"keep_old":true,"publish":true}"#,
            "a new key signs; keep_old keeps the others in the key set, publish puts the new one there"
        ),
        ("POST /simulator/publish-keys", "", "puts the signing key into the key set"),
        ("GET, PUT /simulator/clock", #"{"offset_seconds":N}"#, "the simulated time is N seconds ahead"),
        ("GET, PUT /simulator/profiles/{name}", #"{"linked":false}"#, "links or unlinks a trusted profile"),
        (
            "GET, PUT /simulator/metadata-service", #"{"enabled":false,"when_disabled":"silence"}"#,
            "turns the metadata service off; when_disabled is silence or unauthorized"
        ),
        ("GET /simulator/root-certificate", "", "the root of identity certificates, in PEM"),
        (
            "GET, POST /simulator/hmac-pairs", #"{"name":"text"}"#,
            "lists the HMAC pairs of Object Storage, makes one and tells its secret"
        ),
        (
            "GET, PUT, DELETE /simulator/hmac-pairs/{access_key_id}", #"{"enabled":false}"#,
            "a pair that is not enabled, or is deleted, opens nothing"
        ),
        ("GET /simulator/requests", "", "request counts per endpoint"),
        ("DELETE /simulator/requests", "", "counts from zero again"),
    ]
}
