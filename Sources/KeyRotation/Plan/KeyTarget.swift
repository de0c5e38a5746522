/// What a plan rotates.
package enum KeyTarget: Sendable, Hashable {
    /// An API key of a service ID (reference: IBM API, section 9.1).
    case apiKey(iamID: String, account: String?)
    /// A resource key of Object Storage with an HMAC pair (section 9.4).
    case resourceKey(ResourceKeyTarget)
    /// The value of a secret in Secrets Manager (section 9.5).
    case secret(SecretTarget)
    /// A root key of Key Protect (section 9.6).
    case rootKey(RootKeyTarget)
    /// An identity certificate that the configuration names.
    case certificate(String)

    /// Whether each machine has one of its own, whatever fleet it belongs to.
    package var isOfOneMachine: Bool {
        switch self {
        case .certificate: true
        case .apiKey, .resourceKey, .secret, .rootKey: false
        }
    }
}

/// A resource key of an Object Storage instance, and how its HMAC pair is tried.
package struct ResourceKeyTarget: Sendable, Hashable {
    /// CRN, or GUID, of the resource instance.
    package let source: String
    /// Such as `Writer`.
    package let role: String
    /// The service ID that carries the keys; the service makes one when `nil`.
    package let serviceID: String?
    /// Base URL of the Object Storage endpoint that a pair is tried at.
    package let endpoint: String
    /// The bucket that a pair must be able to list.
    package let bucket: String

    package init(source: String, role: String, serviceID: String?, endpoint: String, bucket: String) {
        (self.source, self.role, self.serviceID) = (source, role, serviceID)
        (self.endpoint, self.bucket) = (endpoint, bucket)
    }
}

/// A secret in Secrets Manager.
package struct SecretTarget: Sendable, Hashable {
    package enum Kind: String, Sendable, Hashable, CaseIterable {
        case arbitrary
        case kv
        case iamCredentials = "iam_credentials"
        case usernamePassword = "username_password"
    }

    /// Base URL of the Secrets Manager instance.
    package let url: String
    package let id: String
    package let kind: Kind
    /// The member of a `kv` secret that is drawn anew; the others stay.
    package let member: String?

    package init(url: String, id: String, kind: Kind, member: String? = nil) {
        (self.url, self.id, self.kind, self.member) = (url, id, kind, member)
    }
}

/// A root key of Key Protect.
package struct RootKeyTarget: Sendable, Hashable {
    /// Base URL of Key Protect in the key's region.
    package let url: String
    /// GUID of the Key Protect instance.
    package let instance: String
    package let id: String

    package init(url: String, instance: String, id: String) {
        (self.url, self.instance, self.id) = (url, instance, id)
    }
}

extension KeyTarget {
    /// What its service can do.
    package var traits: KeyTraits {
        switch self {
        case .apiKey:
            KeyTraits(
                recognition: .byName,
                hasValue: true,
                takesOwnValue: true,
                tellsActivity: true,
                canDisable: true,
                canDelete: true,
                isSingular: false,
                // Reference: IBM API, section 9.1.
                quota: 20
            )
        case .resourceKey:
            KeyTraits(
                recognition: .byName,
                hasValue: true,
                takesOwnValue: false,
                tellsActivity: false,
                canDisable: false,
                canDelete: true,
                isSingular: false
            )
        case .secret(let secret):
            KeyTraits(
                recognition: .byName,
                hasValue: true,
                takesOwnValue: secret.kind != .iamCredentials,
                tellsActivity: false,
                canDisable: false,
                canDelete: true,
                isSingular: true
            )
        case .rootKey, .certificate:
            KeyTraits(
                recognition: .byDifference,
                hasValue: false,
                takesOwnValue: false,
                tellsActivity: false,
                canDisable: false,
                canDelete: false,
                isSingular: true
            )
        }
    }

    /// What plans and people call the kind.
    package var kind: String {
        switch self {
        case .apiKey: "iam-api-key"
        case .resourceKey: "resource-key"
        case .secret: "secrets-manager"
        case .rootKey: "key-protect"
        case .certificate: "identity-certificate"
        }
    }

    /// Where its keys are: what of it cannot change without leaving keys behind.
    package var place: String {
        switch self {
        case .apiKey(let iamID, _): "\(kind) of \(iamID)"
        case .resourceKey(let key): "\(kind) of \(key.source)" + (key.serviceID.map { " for \($0)" } ?? "")
        case .secret(let secret): "\(kind) \(secret.kind.rawValue) \(secret.id) at \(secret.url)"
        case .rootKey(let key): "\(kind) \(key.id) of \(key.instance) at \(key.url)"
        case .certificate(let name): "\(kind) \(name)"
        }
    }

    /// The fields of a key's value; none where there is no value.
    package var fields: [String] {
        switch self {
        case .apiKey: ["api_key"]
        case .resourceKey: ["access_key_id", "secret_access_key", "api_key"]
        case .secret(let secret): secret.kind == .iamCredentials ? ["api_key"] : [drawnField].compactMap(\.self)
        case .rootKey, .certificate: []
        }
    }

    /// The field of the value that is drawn here; `nil` when the service draws it.
    package var drawnField: String? {
        switch self {
        case .apiKey: "api_key"
        case .secret(let secret):
            switch secret.kind {
            case .arbitrary: "value"
            case .kv: secret.member
            case .usernamePassword: "password"
            case .iamCredentials: nil
            }
        case .resourceKey, .rootKey, .certificate: nil
        }
    }
}
