import CloudSimulator
import JOSE
import Testing

@Suite struct InstanceDocumentTests {
    @Test func anEmptyDocumentIsTheBuiltInInstance() throws {
        let instance = try SimulatedInstance(parsing: Array("{}".utf8))
        #expect(instance.account == "3c1f0a9be7d24c5d8e6f7a8b9c0d1e2f")
        #expect(instance.profiles.map(\.name) == ["reports", "backups", "archive"])
        #expect(instance.profiles.map(\.isLinked) == [true, true, false])
        #expect(instance.defaultProfile == "reports")
        #expect(instance.tokenLifetime == 3_600)
        #expect(instance.issuer == "https://iam.cloud.ibm.com/identity")
    }

    @Test func everyMemberIsRead() throws {
        let document = #"""
            {"account":"0123456789abcdef0123456789abcdef","id":"i","crn":"crn:mine","name":"n","region":"eu-de",
             "zone":"eu-de-3","compute_profile":"cx2-4x8","resource_group":{"id":"g","name":"gn"},
             "vpc":{"id":"v","name":"vn"},"subnet":{"id":"s","name":"sn"},
             "addresses":{"private":"10.0.0.1","floating":["1.2.3.4"]},"user_data":"u",
             "profiles":[{"id":"Profile-1","name":"a"},{"id":"Profile-2","name":"b","linked":false}],
             "default_profile":"b","api_keys":[{"name":"k","service_id":"ServiceId-1","key":"secret"}],
             "service_account_tokens":[{"name":"c:n:a","token":"t"}],"token_lifetime":900,"issuer":"https://i",
             "metadata_service":{"enabled":false,"protocol":"https","response_hop_limit":64,"when_disabled":"unauthorized"},
             "placement_groups":[{"id":"p","name":"pn"}],"software_attachments":[{"id":"a","name":"an"}],
             "cluster_network_attachments":[{"id":"c","name":"cn"}],"buckets":["b1","b2"],
             "secrets":[{"id":"s1","name":"sn","payload":"p"},
              {"id":"s2","name":"so","type":"kv","group":"g","data":{"a":1}},
              {"id":"s3","name":"sp","type":"username_password","username":"u","password":"pw"},
              {"id":"s4","name":"sq","type":"iam_credentials","service_id":"ServiceId-1"}],
             "object_storage_instance":"o","key_protect_instance":"kp",
             "root_keys":[{"id":"r1","name":"rn"},{"id":"r2","name":"ro","imported":true}]}
            """#
        let instance = try SimulatedInstance(parsing: Array(document.utf8))
        #expect(instance.crn == "crn:mine")
        #expect(instance.zone == "eu-de-3")
        #expect(instance.computeProfile == "cx2-4x8")
        #expect(instance.resourceGroup == NamedResource(id: "g", name: "gn"))
        #expect(instance.subnet == NamedResource(id: "s", name: "sn"))
        #expect(instance.floatingAddresses == ["1.2.3.4"])
        #expect(instance.userData == "u")
        #expect(instance.profiles.map(\.isLinked) == [true, false])
        #expect(instance.defaultProfile == "b")
        #expect(instance.apiKeys.map(\.key.exposed) == ["secret"])
        #expect(instance.serviceAccountTokens.map(\.token.exposed) == ["t"])
        #expect(instance.tokenLifetime == 900)
        #expect(instance.metadataService.accessProtocol == .https)
        #expect(instance.metadataService.responseHopLimit == 64)
        #expect(instance.metadataService.whenDisabled == .unauthorized)
        #expect(instance.placementGroups == [NamedResource(id: "p", name: "pn")])
        #expect(instance.softwareAttachments == [NamedResource(id: "a", name: "an")])
        #expect(instance.clusterNetworkAttachments == [NamedResource(id: "c", name: "cn")])
        #expect(instance.buckets == ["b1", "b2"])
        var login = SimulatedSecret(id: "s3", name: "sp", type: .usernamePassword, payload: Redacted("pw"))
        login.username = "u"
        let secrets = [
            SimulatedSecret(id: "s1", name: "sn", type: .arbitrary, group: "default", payload: Redacted("p")),
            SimulatedSecret(id: "s2", name: "so", type: .kv, group: "g", payload: Redacted(#"{"a":1}"#)),
            login,
            SimulatedSecret(id: "s4", name: "sq", type: .iamCredentials, serviceID: "ServiceId-1"),
        ]
        #expect(instance.secrets == secrets)
        #expect((instance.objectStorageInstance, instance.keyProtectInstance) == ("o", "kp"))
        let rootKeys = [
            SimulatedRootKey(id: "r1", name: "rn"), SimulatedRootKey(id: "r2", name: "ro", isImported: true),
        ]
        #expect(instance.rootKeys == rootKeys)
    }

    @Test(arguments: [
        ("[]", "the document must be an object"),
        ("{", "the document cannot be read: ends too early"),
        (#"{"colour":"red"}"#, "colour is not known"),
        (#"{"account":"XYZ"}"#, "account must be 32 hexadecimal digits"),
        (#"{"name":""}"#, "name must not be empty"),
        (#"{"name":7}"#, "name must be a string"),
        (#"{"token_lifetime":0}"#, "token_lifetime must be a whole number from 1 to 86400"),
        (#"{"token_lifetime":86401}"#, "token_lifetime must be"),
        (#"{"vpc":{"id":"x"}}"#, "vpc.name is missing"),
        (#"{"addresses":{"floating":[1]}}"#, "addresses.floating[0] must be a string"),
        (#"{"profiles":{}}"#, "profiles must be an array"),
        (#"{"profiles":[{"id":"1","name":"a"}]}"#, "profiles[0].id must start with 'Profile-'"),
        (#"{"profiles":[{"id":"Profile-1","name":"a","linked":3}]}"#, "profiles[0].linked must be true or false"),
        (
            #"{"profiles":[{"id":"Profile-1","name":"a"},{"id":"Profile-2","name":"a"}]}"#,
            "profiles[1].name is the name of another profile too"
        ),
        (#"{"default_profile":"nobody"}"#, "default_profile must be the name of one of the profiles"),
        (#"{"api_keys":[{"name":"k","service_id":"1","key":"s"}]}"#, "api_keys[0].service_id must start with"),
        (#"{"service_account_tokens":[{"name":"k"}]}"#, "service_account_tokens[0].token is missing"),
        (#"{"metadata_service":{"response_hop_limit":0}}"#, "metadata_service.response_hop_limit must be"),
        (#"{"metadata_service":{"response_hop_limit":65}}"#, "metadata_service.response_hop_limit must be"),
        (#"{"placement_groups":[{"id":"a","name":"b"},{"id":"a","name":"c"}]}"#, "placement_groups[1].id is there"),
        (#"{"software_attachments":[{"id":"a"}]}"#, "software_attachments[0].name is missing"),
        (#"{"secrets":[{"id":"a","name":"b","type":"safe"}]}"#, "secrets[0].type must be one of arbitrary, kv"),
        (#"{"buckets":"b"}"#, "buckets must be an array"),
        (#"{"metadata_service":{"protocol":"ftp"}}"#, "metadata_service.protocol must be one of http, https"),
    ])
    func mistakesAreNamed(document: String, message: String) {
        let error = #expect(throws: DocumentError.self) { try SimulatedInstance(parsing: Array(document.utf8)) }
        #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
    }

    @Test func secretsAreNotPrinted() {
        #expect(!"\(SimulatedInstance())".contains("simulator-api-key"))
    }
}
