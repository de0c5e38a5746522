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
            #"{"delay_ms":N,"times":K} and one of {"drop":true}, {"drop_after":true}, {"hang":true}, {"drip":{"bytes":N,"interval_ms":M}},"#
                + #" {"truncate":N}; {"twice":true}; {"status":CODE,"body":"text" or null,"retry_after":SECONDS}; {"omit":["member"]};"#
                + " one or more of wrong_key, wrong_signature, expired, other_profile, other_account, wrong_nonce; for"
                + " certificates of other_key, wrong_order, wrong_signature, expired",
            "the endpoint misbehaves, K times or until cleared; without body, a status of 400 or more has the"
                + " service's own error; endpoints are identity_token, iam_token, certificates,"
                + " metadata, iam, keys, vpc, iam_identity, secrets_manager, object_storage, resource_controller, key_protect;"
                + " drop_after carries the request out and then drops, twice carries it out two times"
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
        ("GET /simulator/api-keys", "", "the API keys with their state, without their values"),
        (
            "GET, POST /simulator/secrets",
            #"{"name":"text","type":"arbitrary","group":"default","id":"uuid"} and of its type payload, data, username,"#
                + " password, service_id",
            "lists the secrets of Secrets Manager, makes one"
        ),
        (
            "GET, PUT /simulator/propagation", #"{"api_key_use_ms":N,"api_key_reading_ms":N,"hmac_pair_use_ms":N}"#,
            "how long after their making API keys get no token, API keys are not found, HMAC pairs open nothing"
        ),
        (
            "GET, PUT /simulator/rotation-rules",
            #"{"api_key_quota":20,"onetime_credentials":false,"forbidden":["iam_identity"]}"#,
            "API keys of one identity; whether the credentials of a resource key are shown once; which of iam_identity,"
                + " secrets_manager, resource_controller, key_protect answer 403"
        ),
        ("GET /simulator/requests", "", "request counts per endpoint"),
        ("DELETE /simulator/requests", "", "counts from zero again"),
    ]
}
