import Testing

@testable import BrokerCommands

/// Which hosts get an IAM token as their password.
@Suite struct RegistryHostTests {
    @Test(arguments: [
        "icr.io", "us.icr.io", "private.de.icr.io", "US.ICR.IO", "https://us.icr.io", "HTTPS://us.icr.io/v2/",
        "us.icr.io:443", "us.icr.io/namespace/image:tag", "https://us.icr.io:443/v2/", "a-b.icr.io",
    ])
    func theyAreIBMs(text: String) {
        #expect(RegistryHost(text)?.isIBMs == true)
    }

    @Test(arguments: [
        "", ".", "io", "evilicr.io", "icr.io.evil.example", "us.icr.io.evil.example", "evil.example/us.icr.io",
        "https://evil.example/https://us.icr.io", "user@us.icr.io", "user:password@us.icr.io", "us.icr.io@evil.example",
        "us.icr.io:80", "us.icr.io:443:443", "us.icr.io:", "us.icr.io.", "us..icr.io", ".icr.io", "-.icr.io",
        "a-.icr.io",
        "http://us.icr.io", "ftp://us.icr.io", "https:us.icr.io", "//us.icr.io", "us.icr.io\\.evil.example",
        "us.icr.io?x",
        "us.icr.io#x", " us.icr.io", "us.icr.io ", "us.icr.io\nevil.example", "us.icr.io\u{0}", "us.\u{0456}cr.io",
        "us.\u{FF49}cr.io", "us\u{3002}icr.io", "\u{212A}.icr.io", "docker.io", "https://index.docker.io/v1/",
        "127.0.0.1:5000",
        "[::1]:443", String(repeating: "a", count: 64) + ".icr.io", String(repeating: "a.", count: 130) + "icr.io",
    ])
    func theyAreNot(text: String) {
        #expect(RegistryHost(text)?.isIBMs != true)
    }

    @Test(arguments: [
        (["iam-broker", "token"], ["token"]), (["/usr/bin/iam-broker"], []), ([], []), ([""], []), (["/", "a"], ["a"]),
        (["docker-credential-iam-broker", "get"], ["credential", "docker", "get"]),
        (["/x/docker-credential-iam-broker-reports", "get"], ["credential", "docker", "--profile", "reports", "get"]),
        (["docker-credential-iam-broker-", "get"], ["credential", "docker", "--profile", "", "get"]),
        (["git-credential-iam-broker", "--host", "a", "get"], ["credential", "git", "--host", "a", "get"]),
        (["kubectl-iam_broker"], ["credential", "kubectl"]), (["git-credential-iam-broker-x", "get"], ["get"]),
    ])
    func aLinkNamesTheHelper(arguments: [String], expected: [String]) {
        #expect(HelperName.arguments(arguments) == expected)
    }
}
