import Testing

@testable import BrokerServer

struct IAMTokenFormTests {
    private static let prefix = "grant_type=urn%3Aibm%3Aparams%3Aoauth%3Agrant-type%3A"
    private static let id = "Profile-5f2d1c3a-8b4e-4d7f-9a6c-0e1b2d3f4a5b"

    @Test(arguments: [
        ("cr-token&cr_token=abc.def.ghi%0A&profile_name=my-prof", ProfileSelection.name("my-prof")),
        ("cr-token&cr_token=a&profile_id=\(id)&profile_name=other", .id(id)),
        ("cr-token&cr_token=a&profile_crn=crn%3Av1", .crn("crn:v1")),
        ("cr-token&cr_token=a&profile_name=a+b&scope=", .name("a b")),
        ("apikey&apikey=reports%0A&response_type=cloud_iam", .name("reports")),
        ("apikey&apikey=\(id)", .id(id)),
    ])
    func aFormSaysWhichProfileIsMeant(form: String, selection: ProfileSelection) throws {
        #expect(try IAMTokenForm(Array((Self.prefix + form).utf8)).selection == selection)
    }

    @Test(arguments: [
        ("", "grant_type"), ("grant_type=", "grant_type"), (prefix + "cr-token&profile_id=a", "cr_token"),
        (prefix + "cr-token&cr_token=%0A&profile_id=a", "cr_token"), (prefix + "cr-token&cr_token=a", "profile_id"),
        (prefix + "apikey", "apikey"), (prefix + "apikey&apikey=", "apikey"),
    ])
    func whatIsMissingIsNamed(form: String, name: String) {
        #expect(throws: IAMError.missing(name)) { try IAMTokenForm(Array(form.utf8)) }
    }

    @Test(arguments: [
        "grant_type=refresh_token&refresh_token=not_supported", "grant_type=password&username=a&password=b",
        prefix + "assume&access_token=a&profile_id=b", prefix + "apikey&apikey=a&apikey=b",
        prefix + "apikey&apikey=%", prefix + "apikey&apikey=%4", prefix + "apikey&apikey=%zz",
        prefix + "apikey&apikey=%FF", prefix + "apikey&apikey=a&scope=one",
        prefix + "apikey&apikey=a&response_type=delegated_refresh_token",
    ])
    func whatTheBrokerCannotDoIsRefused(form: String) {
        #expect(throws: IAMError.self) { try IAMTokenForm(Array(form.utf8)) }
    }
}
