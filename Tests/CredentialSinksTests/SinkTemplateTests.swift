import BrokerAPI
import CredentialSinks
import JOSE
import Testing

/// What templates may say, and what becomes of it.
@Suite struct SinkTemplateTests {
    private func values() -> SinkValues {
        SinkValues(
            token: Redacted("a.b.c"),
            expiresIn: 60,
            expiresAt: 1_788_256_800,
            expiresAtUTC: "2026-09-01T10:00:00Z",
            profile: "reports"
        )
    }

    private func render(_ text: String) throws -> String? {
        try SinkContent.template(SinkTemplate(parsing: text)).text(values())?.exposed
    }

    @Test(
        arguments: [
            ("{{access_token}}", "a.b.c"), ("{{ access_token }}", "a.b.c"), ("{{{access_token}}}", "a.b.c"),
            ("{{{ access_token }}}!", "a.b.c!"), ("{{&access_token}}", "a.b.c"), ("{{& access_token }}", "a.b.c"),
            ("", ""), ("plain & <text> \"\n", "plain & <text> \"\n"), ("{ {x} }}", "{ {x} }}"),
            ("\n{{! a comment }}\nend\n", "\nend\n"), ("a{{!x}}b", "ab"),
            ("{{profile}} {{expires_at}} {{expires_at_utc}}\n", "reports 1788256800 2026-09-01T10:00:00Z\n"),
            ("é{{profile}}\r\n", "éreports\r\n"), ("{{profile}}{{profile}}", "reportsreports"),
        ]
    )
    func valuesStandInTheirPlacesAsTheyAre(text: String, expected: String) throws {
        #expect(try render(text) == expected)
    }

    @Test(
        arguments: [
            ("{{unknown}}", 1, "there is no value 'unknown'"), ("a\nb {{ acces_token }}", 2, "there is no value"),
            ("{{}}", 1, "there is no value ''"), ("{{access_token", 1, "not closed"), ("a\n{{", 2, "not closed"),
            ("{{{access_token}}", 1, "{{{ is not closed"), ("{{#profile}}x{{/profile}}", 1, "sections"),
            ("{{^profile}}x{{/profile}}", 1, "sections"), ("{{>other}}", 1, "partials"),
            ("{{<other}}{{/other}}", 1, "partials"),
            ("{{$block}}{{/block}}", 1, "partials"), ("{{=<% %>=}}", 1, "delimiters"),
            ("{{% CONTENT_TYPE:HTML}}", 1, "pragmas"), ("{{uppercased(profile)}}", 1, "there is no value"),
            ("{{.}}", 1, "there is no value"), ("{{profile.x}}", 1, "there is no value"),
            ("{{hmac}}", 1, "there is no value"),
            (
                "a\n{{key.api_key}}", 2,
                "there is no value 'key.api_key' in a file with a token; there are: access_token,"
            ), ("{{!\n}}\n{{x}}", 3, "there is no value 'x'"),
            ("{{\u{1B}[31m}}", 1, "there is no value '?[31m'"),
        ]
    )
    func whatIsNotUnderstoodIsAnErrorWithItsLine(text: String, line: Int, message: String) {
        let error = #expect(throws: TemplateError.self) { try SinkTemplate(parsing: text) }
        #expect(error?.line == line && error?.message.contains(message) == true, "\(String(describing: error))")
    }

    @Test func aLargeTemplateIsRefusedAndOneAtTheLimitIsNot() throws {
        #expect(throws: TemplateError.self) { try SinkTemplate(parsing: String(repeating: "a", count: 10 << 20)) }
        #expect(throws: TemplateError.self) {
            try SinkTemplate(parsing: String(repeating: "a", count: SinkTemplate.limit + 1))
        }
        // Nothing in it makes it take longer than its length.
        let most = String(repeating: "{{profile}}", count: SinkTemplate.limit / 11)
        #expect(try render(most)?.utf8.count == SinkTemplate.limit / 11 * 7)
        #expect(throws: TemplateError.self) {
            try SinkTemplate(parsing: String(repeating: "{{#a}}", count: SinkTemplate.limit / 6))
        }
    }

    @Test func aValueThatIsMissingIsNoText() throws {
        #expect(try render("{{hmac.secret_access_key}}") == nil)
        #expect(try render("{{instance.name}}") == nil)
    }

    @Test func pairAndInstanceStandInTheirPlaces() throws {
        var values = values()
        values.pair = try HMACPair(parsing: Array(#"{"access_key_id":"id","secret_access_key":"se<cr>et"}"#.utf8))
        values.instance = [.instanceName: "web-1", .instanceZone: "us-south-1"]
        let text = "{{hmac.access_key_id}} {{hmac.secret_access_key}} {{instance.name}} {{instance.zone}} {{profile}}"
        let content = SinkContent.template(try SinkTemplate(parsing: text))
        #expect(content.text(values)?.exposed == "id se<cr>et web-1 us-south-1 reports")
    }

    /// A golden text of everything that there is: it may not change from one version to the next.
    @Test func inventedValuesAreTheSameEachTime() throws {
        let text = TemplateVariable.allCases.map { "{{\($0.rawValue)}}" }.joined(separator: "\n")
        #expect(
            try SinkTemplate(parsing: text, in: .all).fake == """
                fake-access-token
                1893456000
                2030-01-01T00:00:00Z
                fake-profile
                fake-hmac-access-key-id
                fake-hmac-secret-access-key
                fake-instance-id
                fake-instance-name
                fake-instance-crn
                fake-instance-zone
                fake-instance-profile
                fake-instance-vpc-id
                fake-instance-vpc-name
                fake-instance-resource-group-id
                fake-key-api-key
                fake-key-access-key-id
                fake-key-secret-access-key
                fake-key-value
                fake-key-password
                fake-key-id
                fake-key-rotation
                fake-key-plan
                """
        )
    }

    @Test(
        arguments: [
            (TokenFormat.raw, "a.b.c\n"), (.header, "Authorization: Bearer a.b.c\n"), (.env, "export TOKEN='a.b.c'\n"),
            (.dotenv, "TOKEN=a.b.c\n"), (.curl, "header = \"Authorization: Bearer a.b.c\"\n"),
            (
                .json,
                #"{"access_token":"a.b.c","token_type":"Bearer","expires_in":60,"expires_at":1788256800,"profile":"reports"}"#
                    + "\n"
            ),
        ]
    )
    func formatsAreOneLine(format: TokenFormat, expected: String) {
        #expect(SinkContent.format(format, variable: "TOKEN").text(values())?.exposed == expected)
    }
}
