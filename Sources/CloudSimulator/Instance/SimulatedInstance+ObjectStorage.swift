// The Object Storage of the account, as the Resource Controller names it.
extension SimulatedInstance {
    /// CRN of the Object Storage.
    package var objectStorageCRN: String { "\(objectStorage)::" }

    private var objectStorage: String {
        "crn:v1:bluemix:public:cloud-object-storage:global:a/\(account):\(objectStorageInstance)"
    }

    /// Whether `id` is the CRN or the GUID of the Object Storage.
    func isObjectStorage(_ id: String) -> Bool { id == objectStorageCRN || id == objectStorageInstance }

    /// CRN of the resource key `guid`.
    func resourceKeyCRN(_ guid: String) -> String { "\(objectStorage):resource-key:\(guid)" }

    /// The GUID of the resource key that is meant by its CRN or its GUID.
    func resourceKeyGUID(_ id: String) -> String {
        let prefix = resourceKeyCRN("")
        return id.hasPrefix(prefix) ? String(id.dropFirst(prefix.count)) : id
    }

    /// What IBM writes to the API key of a resource key.
    func apiKeyDescription(_ guid: String) -> String { "Auto-generated for key \(resourceKeyCRN(guid))" }
}
