internal import JOSE

/// The virtual server instance that the simulator plays, and the account around it.
package struct SimulatedInstance: Sendable {
    /// 32 hexadecimal digits.
    package var account = "3c1f0a9be7d24c5d8e6f7a8b9c0d1e2f"
    package var id = "0717_2c9f7d1e-4b3a-4c5d-8e6f-7a8b9c0d1e2f"
    package var name = "broker-host-1"
    package var region = "us-south"
    package var zone = "us-south-1"
    /// The CRN; `nil` for the one that follows from zone, account and ID.
    package var statedCRN: String?
    /// The shape of the machine, such as `bx2-2x8`; not a trusted profile.
    package var computeProfile = "bx2-2x8"
    package var resourceGroup = NamedResource(id: "0a1b2c3d4e5f40718293a4b5c6d7e8f9", name: "platform")
    package var vpc = NamedResource(id: "r006-6d1f2a3b-4c5d-4e6f-8a7b-9c0d1e2f3a4b", name: "broker-vpc")
    package var subnet = NamedResource(id: "0717-7a8b9c0d-1e2f-4a3b-8c4d-5e6f7a8b9c0d", name: "broker-subnet")
    package var privateAddress = "10.240.0.6"
    package var floatingAddresses = ["169.48.0.6"]
    /// The placement groups that can be read; the instance is in the first.
    package var placementGroups = [
        NamedResource(id: "r006-1e2f3a4b-5c6d-4e7f-8a8b-0c1d2e3f4a5b", name: "broker-pg")
    ]
    package var softwareAttachments: [NamedResource] = []
    package var clusterNetworkAttachments: [NamedResource] = []
    package var userData = "#cloud-config\npackages:\n  - jq\n"
    package var profiles = [
        TrustedProfile(id: "Profile-5f2d1c3a-8b4e-4d7f-9a6c-0e1b2d3f4a5b", name: "reports"),
        TrustedProfile(id: "Profile-7c4e2b1d-0f9a-4b8c-a3d5-6e7f80918273", name: "backups"),
        TrustedProfile(id: "Profile-9a8b7c6d-5e4f-4a3b-8c2d-1e0f9a8b7c6d", name: "archive", isLinked: false),
    ]
    /// Name of the default trusted profile, if the instance has one.
    package var defaultProfile: String? = "reports"
    package var apiKeys = [
        ServiceIDKey(
            name: "simulator-service-id",
            serviceID: "ServiceId-9d8c7b6a-5f4e-4d3c-8b2a-1f0e9d8c7b6a",
            key: Redacted("simulator-api-key")
        )
    ]
    package var serviceAccountTokens = [
        ServiceAccountToken(
            name: "simulator-cluster:default:broker",
            token: Redacted("simulator-service-account-token")
        )
    ]
    /// The HMAC pairs that may sign requests of Object Storage from the start.
    package var hmacPairs = [
        HMACPair(
            name: "simulator-hmac-pair",
            accessKeyID: "0123456789abcdef0123456789abcdef",
            secretAccessKey: Redacted("0123456789abcdef0123456789abcdef0123456789abcdef")
        )
    ]
    /// Seconds an IAM token lives.
    package var tokenLifetime = 3_600
    package var issuer = "https://iam.cloud.ibm.com/identity"
    package var metadataService = MetadataService()
    /// What is in Secrets Manager at the start.
    package var secrets = [
        SimulatedSecret(
            id: "0b5571f7-21e6-42b7-91c5-3f5ac9793a46",
            name: "broker-database",
            payload: Redacted("simulator-database-password")
        ),
        SimulatedSecret(id: "1c6682f8-32f7-4c8e-a2d6-4f6bdaa84b57", name: "broker-settings", type: .kv),
        SimulatedSecret(id: "2d7793f9-43f8-4d9f-b3e7-5f7ceb95bc68", name: "broker-login", type: .usernamePassword),
        SimulatedSecret(id: "3e88a4fa-54f9-4eaf-84f8-6f8dfca6cd79", name: "broker-service-id", type: .iamCredentials),
    ]
    /// GUID of the Object Storage, which has the resource keys.
    package var objectStorageInstance = "1f2e3d4c-5b6a-4978-8695-a4b3c2d1e0f9"
    /// GUID of the Key Protect instance, which has the root keys.
    package var keyProtectInstance = "5a4b3c2d-1e0f-4a9b-8c7d-6e5f4a3b2c1d"
    package var rootKeys = [
        SimulatedRootKey(id: "8f7e6d5c-4b3a-4291-8a7b-6c5d4e3f2a1b", name: "broker-root-key"),
        SimulatedRootKey(id: "9a8f7e6d-5c4b-4a39-9281-7b6c5d4e3f2a", name: "broker-imported-key", isImported: true),
    ]
    /// Names of the buckets that Cloud Object Storage lists.
    package var buckets = ["broker-reports"]

    /// The built-in instance: three profiles, of which `reports` is the default and `archive` is not linked.
    package init() {}

    package var crn: String { statedCRN ?? resourceCRN("instance", id) }

    /// CRN of a zonal resource of the account.
    func resourceCRN(_ type: String, _ id: String) -> String {
        "crn:v1:bluemix:public:is:\(zone):a/\(account)::\(type):\(id)"
    }

    /// CRN of a regional resource of the account.
    func regionalCRN(_ type: String, _ id: String) -> String {
        "crn:v1:bluemix:public:is:\(region):a/\(account)::\(type):\(id)"
    }
}

/// A resource that is known by its ID and its name.
package struct NamedResource: Sendable, Equatable {
    package var id: String
    package var name: String

    package init(id: String, name: String) {
        self.id = id
        self.name = name
    }
}
