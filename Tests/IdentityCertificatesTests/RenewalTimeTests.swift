import FoundationEssentials
import IdentityCertificates
import Testing

@Suite struct RenewalTimeTests {
    private let obtained = TestAuthority.now

    @Test(arguments: [
        (3_600.0, 0.0, 2_400.0), (3_600, 0.5, 2_310), (3_600, 0.999_999_999, 2_220), (300, 0, 200), (300, 1, 185),
        (0, 0, 0), (0, 0.5, 0), (-60, 0.5, 0), (3_600, -1, 2_400), (3_600, 7, 2_220),
    ])
    func aCertificateIsRenewedAtTwoThirdsOfItsLifeOrShortlyBefore(life: Double, random: Double, after: Double) {
        let expires = obtained.addingTimeInterval(life)
        let time = RenewalTime(obtained: obtained, expires: expires, random: random)
        #expect(abs(time.date.timeIntervalSince(obtained) - after) < 0.001)
    }
}
