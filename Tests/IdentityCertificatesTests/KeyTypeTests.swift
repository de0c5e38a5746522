import IdentityCertificates
import Testing

@Suite struct KeyTypeTests {
    @Test func theNamesAreThoseOfTheConfiguration() {
        #expect(KeyType.allCases.map(\.rawValue) == ["rsa4096", "rsa2048", "p256"])
    }
}
