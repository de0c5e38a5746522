import IBMCloud
import Testing

@Suite struct ServiceURLTests {
    @Test(arguments: [
        ("http://169.254.169.254", "http://169.254.169.254"),
        ("https://api.metadata.cloud.ibm.com/", "https://api.metadata.cloud.ibm.com"),
        ("https://iam.cloud.ibm.com:443", "https://iam.cloud.ibm.com:443"),
        ("http://[::1]:8080/base//", "http://[::1]:8080/base"),
    ])
    func aBaseURLIsTaken(text: String, description: String) {
        #expect(ServiceURL(text)?.description == description)
    }

    @Test(arguments: [
        "", "iam.cloud.ibm.com", "ftp://host", "HTTP://host", "http://", "http:///path", "http://:80", "http://host:",
        "http://host:0", "http://host:65536", "http://host:+80", "http://user@host", "http://host?x", "http://host#x",
        "http://ho st", "http://host\n", "http://[::1", "http://[]", "http://[::1]x", "http://höst", "http://a_b",
        "http://host\\@other",
    ])
    func anythingElseIsRefused(text: String) {
        #expect(ServiceURL(text) == nil)
    }
}
