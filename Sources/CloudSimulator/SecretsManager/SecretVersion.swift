internal import FoundationEssentials
internal import JOSE

/// A version of a secret.
struct SecretVersion: Sendable {
    let id = UUID().uuidString.lowercased()
    let createdAt: Date
    let createdBy: String
    /// What it holds; `nil` when it was deleted, or never there.
    var payload: Redacted<String>?
    /// The API key that it holds.
    var apiKeyID: String?
    /// JSON that whoever made it wrote beside it.
    let metadata: String?
    var locks: [SecretLock] = []
    /// Whether somebody has read it.
    var isDownloaded = false
}

/// A lock on a version of a secret.
struct SecretLock: Sendable {
    let name: String
    let description: String?
    /// JSON that whoever locked wrote beside it.
    let attributes: String?
    let createdBy: String
    let createdAt: Date
}
