import DocumentReader
import Testing

/// Each text stands on line 3, behind keys that are right.
struct BadConfigurationTests {
    @Test(arguments: [
        (
            "treads: 2",
            "treads: unknown key; known here: metadata, iam, identity, account, profiles, policies, listen, certificates, sinks, credentials, rotation, resource_controller, limits, state, audit, threads, log, tracing, etcd, attestation"
        ),
        ("state: lib", "state: must be an absolute path"), ("state: {}", "state: must be a text"),
        ("threads: 0", "threads: must be a whole number from 1 to 64"),
        ("threads: 65", "threads: must be a whole number from 1 to 64"),
        ("threads: two", "threads: must be a whole number from 1 to 64"),
        ("threads: 1.0", "threads: must be a whole number from 1 to 64"),
        ("threads:", "threads: must have a value"), ("threads: ~", "threads: must have a value"),
        ("threads: [1]", "threads: must be a text"),

        ("metadata: a", "metadata: must be a mapping"),
        ("metadata: { uri: a }", "metadata.uri: unknown key; known here: url, ca_file, require_nonce, timeouts, cache"),
        ("metadata: { url: ftp://a }", "metadata.url: \(url)"),
        ("metadata: { url: \"http://\" }", "metadata.url: \(url)"),
        ("metadata: { url: \"http://user@localhost\" }", "metadata.url: \(url)"),
        ("metadata: { url: \"https://a/?b\" }", "metadata.url: \(url)"),
        ("metadata: { url: \"https://a:0\" }", "metadata.url: \(url)"),
        ("metadata: { url: http://metadata.example.com }", "metadata.url: \(metadataEncryption)"),
        ("metadata: { url: http://127.0.0.1.example.com }", "metadata.url: \(metadataEncryption)"),
        ("metadata: { url: http://10.0.0.1 }", "metadata.url: \(metadataEncryption)"),
        ("metadata: { ca_file: ca.pem }", "metadata.ca_file: must be an absolute path"),
        ("metadata: { require_nonce: yes }", "metadata.require_nonce: must be true or false"),
        ("metadata: { require_nonce: 1 }", "metadata.require_nonce: must be true or false"),
        (
            "metadata: { timeouts: { read: 1s } }",
            "metadata.timeouts.read: unknown key; known here: connect, first_byte, total"
        ),
        (
            "metadata: { timeouts: { first_byte: 6s, total: 5s } }",
            "metadata.timeouts: first_byte must not be longer than total"
        ),
        ("metadata: { timeouts: { connect: 0s } }", "metadata.timeouts: every time span must be longer than 0s"),
        ("metadata: { timeouts: { connect: 301s } }", "metadata.timeouts.connect: \(span(0, 300))"),
        ("metadata: { timeouts: { first_byte: 6m } }", "metadata.timeouts.first_byte: \(span(0, 300))"),
        ("metadata: { timeouts: { total: 5 } }", "metadata.timeouts.total: \(span(0, 300))"),
        ("metadata: { timeouts: { total: -1s } }", "metadata.timeouts.total: \(span(0, 300))"),
        ("metadata: { timeouts: { total: 9999999999999999999h } }", "metadata.timeouts.total: \(span(0, 300))"),
        ("metadata: { timeouts: { total: 9000000000000000000h } }", "metadata.timeouts.total: \(span(0, 300))"),

        ("iam: []", "iam: must be a mapping"),
        ("iam: { urls: a }", "iam.urls: unknown key; known here: url, issuer, keys_url, ca_file, timeouts"),
        ("iam: { url: iam.cloud.ibm.com }", "iam.url: \(url)"),
        ("iam: { url: http://iam.cloud.ibm.com }", "iam.url: \(iamEncryption)"),
        ("iam: { url: http://169.254.169.254 }", "iam.url: \(iamEncryption)"),
        ("iam: { keys_url: http://iam.cloud.ibm.com/keys }", "iam.keys_url: \(iamEncryption)"),
        ("iam: { issuer: [a] }", "iam.issuer: must be a text"), ("iam: { issuer: }", "iam.issuer: must have a value"),
        ("iam: { ca_file: ./a }", "iam.ca_file: must be an absolute path"),
        ("iam: { timeouts: 5s }", "iam.timeouts: must be a mapping"),

        ("identity: { file: /a }", "identity.file: unknown key; known here: token_file"),
        ("identity: {}", "identity: key 'token_file' is missing"),
        ("identity: { token_file: a }", "identity.token_file: must be an absolute path"),

        ("account: abc", "account: \(account)"), ("account: \(accountID)0", "account: \(account)"),
        ("account: g\(accountID.dropFirst())", "account: \(account)"),
        ("account: \(accountID.dropLast(3))\u{FF41}", "account: \(account)"),

        ("listen: /run/a.sock", "listen: must be a mapping"),
        (
            "listen: { page: '10.240.0.5:8170' }",
            "listen.page: the page is for browsers of this machine, so it must be 127.0.0.1 or [::1]; from elsewhere forward the port with ssh"
        ),
        (
            "listen: { page: { address: '0.0.0.0:8170', expose: true } }",
            "listen.page: must be a text"
        ),
        (
            "listen: { page: 'localhost:8170' }",
            "listen.page: must have an address in numbers: a name could come to mean another machine"
        ),
        (
            "listen: { metadata: 8169 }",
            "listen.metadata: must be an address and a port, such as 127.0.0.1:8169 or [::1]:8169"
        ),
        (
            "listen: { metadata: '127.0.0.1:65536' }",
            "listen.metadata: must be an address and a port, such as 127.0.0.1:8169 or [::1]:8169"
        ),
        (
            "listen: { metadata: '127.0.0.1:-1' }",
            "listen.metadata: must be an address and a port, such as 127.0.0.1:8169 or [::1]:8169"
        ),
        (
            "listen: { metadata: 'localhost:8169' }",
            "listen.metadata: must have an address in numbers: a name could come to mean another machine"
        ),
        (
            "listen: { metadata: '::1:8169' }",
            "listen.metadata: must have an address in numbers: a name could come to mean another machine"
        ),
        (
            "listen: { metadata: '0.0.0.0:8169' }",
            "listen.metadata: 0.0.0.0 can be reached from other machines; use 127.0.0.1, or write { address: \"0.0.0.0:8169\", expose: true }"
        ),
        (
            "listen: { metadata: '10.240.0.5:8169' }",
            "listen.metadata: 10.240.0.5 can be reached from other machines; use 127.0.0.1, or write { address: \"10.240.0.5:8169\", expose: true }"
        ),
        (
            "listen: { metadata: '[::]:8169' }",
            "listen.metadata: :: can be reached from other machines; use 127.0.0.1, or write { address: \"[::]:8169\", expose: true }"
        ),
        (
            "listen: { metadata: { address: '0.0.0.0:8169', expose: false } }",
            "listen.metadata.address: 0.0.0.0 can be reached from other machines; use 127.0.0.1, or write { address: \"0.0.0.0:8169\", expose: true }"
        ),
        ("listen: { metadata: { expose: true } }", "listen.metadata: key 'address' is missing"),
        (
            "listen: { metadata: { address: '127.0.0.1:1', hosts: [] } }",
            "listen.metadata.hosts: unknown key; known here: address, expose"
        ),
        ("listen: { workload: w.sock }", "listen.workload: must be an absolute path"),
        (
            "listen: { admin: /\(String(repeating: "a", count: 107)) }",
            "listen.admin: must be shorter than 108 bytes: it names a Unix socket"
        ),
        ("listen: { admin_group: wheel }", "listen.admin_group: this machine has no group 'wheel'"),

        (
            "limits: { rate: 5 }",
            "limits.rate: unknown key; known here: connections, connections_per_user, request, idle"
        ),
        ("limits: { connections: 0 }", "limits.connections: must be a whole number from 1 to 65536"),
        ("limits: { connections: 65537 }", "limits.connections: must be a whole number from 1 to 65536"),
        ("limits: { connections_per_user: -1 }", "limits.connections_per_user: must be a whole number from 1 to 65536"),
        ("limits: { request: 999ms }", "limits.request: \(span(1, 3_600))"),
        ("limits: { request: 1d }", "limits.request: \(span(1, 3_600))"),
        ("limits: { idle: 61m }", "limits.idle: \(span(1, 3_600))"),
        ("limits: { idle: 1.5s }", "limits.idle: \(span(1, 3_600))"),
    ])
    func theErrorNamesFileLineAndKey(line: String, message: String) {
        let error = #expect(throws: DocumentError.self) { _ = try configuration(line) }
        #expect(error?.description == "config.yaml:3: \(message)")
    }

    @Test(arguments: [
        ("profiles: {}", "1: profiles: must name at least one profile"),
        ("profiles: [reports]", "1: profiles: must be a mapping"),
        ("profiles: { a/b: { name: a } }", "1: profiles.a/b: \(profileName)"),
        ("profiles: { -a: { name: a } }", "1: profiles.-a: \(profileName)"),
        ("profiles: { a: reports }", "1: profiles.a: must be a mapping"),
        ("profiles:\n  a: {}", "2: profiles.a: \(reference)"),
        ("profiles:\n  a: { prefetch: true }", "2: profiles.a: \(reference)"),
        ("profiles:\n  a:\n    name: b\n    instance_default: true", "3: profiles.a: \(reference)"),
        (
            "profiles:\n  a: { iam_id: b }",
            "2: profiles.a.iam_id: unknown key; known here: id, crn, name, instance_default, prefetch"
        ),
        ("profiles:\n  a:\n    id: Profile-1", "3: profiles.a.id: must be 'Profile-' and a UUID"),
        ("profiles:\n  a:\n    crn: \"crn:v1\"", "3: profiles.a.crn: must be the CRN of a trusted profile"),
        ("profiles:\n  a:\n    name: \n", "3: profiles.a.name: must have a value"),
        ("profiles:\n  a: { instance_default: false }", "2: profiles.a.instance_default: can only be true"),
        ("profiles:\n  a: { instance_default: on }", "2: profiles.a.instance_default: must be true or false"),
        ("profiles:\n  a: { name: b, prefetch: on }", "2: profiles.a.prefetch: must be true or false"),
        (
            "identity: { token_file: /a }\nprofiles:\n  a: { instance_default: true }",
            "3: profiles.a: only an instance has a default profile; with identity.token_file give an id"
        ),
        (
            "account: \(accountID)\nprofiles:\n  a: { crn: \"\(foreignCRN)\" }",
            "3: profiles.a: the CRN is of another account than 'account'"
        ),
    ])
    func aProfileThatIsNotRightIsFound(text: String, message: String) {
        let error = #expect(throws: DocumentError.self) { _ = try read("\(text)\n\(policies)") }
        #expect(error?.description == "config.yaml:\(message)")
    }

    @Test(arguments: [
        (policies, ":1: key 'profiles' is missing"), (profiles, ":1: key 'policies' is missing"),
        ("\(profiles)\npolicies: policies", ":2: policies: must be an absolute path"),
        ("\(profiles)\npolicies: \"\"", ":2: policies: must be an absolute path"), ("", ": is empty"),
        ("# only a comment", ": is empty"),
        ("a", ":1: must be a mapping"), ("- a", ":1: must be a mapping"), ("null", ":1: must be a mapping"),
    ])
    func aFileThatLacksSomethingIsFound(text: String, message: String) {
        let error = #expect(throws: DocumentError.self) { _ = try read(text) }
        #expect(error?.description == "config.yaml\(message)")
    }

    @Test(arguments: ["threads: 1\nthreads: 2", "a: b: c", "a: [", "\ta: b", "threads: 1\n---\nthreads: 2", "a: *b"])
    func whatIsNotOneYAMLDocumentIsFound(text: String) throws {
        let error = #expect(throws: DocumentError.self) { _ = try configuration(text) }
        #expect(error?.file == "config.yaml")
        #expect(error?.line != nil)
    }

    @Test func aFileOfMoreThanAMegabyteIsNotRead() {
        let filler = String(repeating: "#", count: 1_024 * 1_024)
        let error = #expect(throws: DocumentError.self) { _ = try configuration(filler) }
        #expect(error?.description == "config.yaml: is larger than 1 MiB")
    }

    private static let url = "must be a URL such as https://iam.cloud.ibm.com, without user, query or fragment"
    private static let metadataEncryption = "must begin with https:// unless it is the metadata service or this machine"
    private static let iamEncryption = "must begin with https://: IAM is only called encrypted, or on this machine"
    private static let account = "must be an account ID: 32 hexadecimal digits, letters in lower case"
    private static let profileName = "a profile's name has 1 to 64 letters, digits, '.', '_' and '-'"
    private static let reference = "must have exactly one of id, crn, name, instance_default"
    private static let foreignCRN =
        "crn:v1:bluemix:public:iam-identity::a/00000000000000000000000000000000::profile:"
        + "Profile-5f2d1c3a-8b4e-4d7f-9a6c-0e1b2d3f4a5b"

    private static func span(_ least: Int, _ most: Int) -> String {
        "must be a time span from \(least)s to \(most)s, such as 5s or 10m"
    }
}
