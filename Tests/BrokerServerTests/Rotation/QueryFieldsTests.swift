import Testing

@testable import BrokerServer

/// Parameters are known, there once, and plain.
struct QueryFieldsTests {
    private static let known: Set<String> = ["plan", "limit"]

    @Test(arguments: [
        ("", nil, nil), ("plan=archive", "archive", nil), ("plan=a&limit=7", "a", "7"), ("&plan=a&&", "a", nil),
        ("plan=a=b", "a=b", nil), ("plan=%61%3D%7e", "a=~", nil), ("plan=a+b", "a+b", nil),
        ("plan=crn%3Av1%3A%2F", "crn:v1:/", nil), ("limit=%31", nil, "1"),
    ])
    func whatIsThereIsRead(query: String, plan: String?, limit: String?) throws {
        let fields = try QueryFields(query, known: Self.known)
        #expect(fields["plan"] == plan)
        #expect(fields["limit"] == limit)
        #expect(fields["other"] == nil)
    }

    @Test(arguments: [
        ("pl=a", "unknown parameter; known are: limit, plan"), ("Plan=a", "unknown parameter; known are: limit, plan"),
        ("=a", "unknown parameter; known are: limit, plan"), ("=", "unknown parameter; known are: limit, plan"),
        ("%70lan=a", "unknown parameter; known are: limit, plan"),
        ("plan=a&plan=a", "the parameter 'plan' is there twice"),
        ("plan", "the parameter 'plan' has no value that can be read"),
        ("plan=", "the parameter 'plan' has no value that can be read"),
        ("plan=%", "the parameter 'plan' has no value that can be read"),
        ("plan=%6", "the parameter 'plan' has no value that can be read"),
        ("plan=%6g", "the parameter 'plan' has no value that can be read"),
        ("plan=%+1", "the parameter 'plan' has no value that can be read"),
        ("plan=%0a", "the parameter 'plan' has no value that can be read"),
        ("plan=%00", "the parameter 'plan' has no value that can be read"),
        ("plan=%20", "the parameter 'plan' has no value that can be read"),
        ("plan=%7F", "the parameter 'plan' has no value that can be read"),
        ("plan=%C3%A4", "the parameter 'plan' has no value that can be read"),
        ("plan=ä", "the parameter 'plan' has no value that can be read"),
    ])
    func whatIsWrongIsSaid(query: String, message: String) {
        #expect(throws: QueryError(message)) { try QueryFields(query, known: Self.known) }
    }

    @Test func aRequestWithoutParametersSaysSo() {
        #expect(throws: QueryError("the request takes no parameters")) { try QueryFields("a=b", known: []) }
    }

    @Test(arguments: [(256, true), (257, false)])
    func aValueHasALimit(length: Int, isRead: Bool) {
        let value = String(repeating: "a", count: length)
        #expect(((try? QueryFields("plan=\(value)", known: Self.known))?["plan"] == value) == isRead)
    }

    @Test(arguments: [
        ("", 50), ("limit=1", 1), ("limit=1000", 1_000), ("limit=0001", 1), ("limit=0", nil), ("limit=1001", nil),
        ("limit=-1", nil), ("limit=%2B1", nil), ("limit=1.0", nil), ("limit=0x1", nil), ("limit=9999999999", nil),
        ("limit=99999999999999999999", nil), ("limit=a", nil),
    ])
    func aNumberIsDecimalDigitsWithinItsRange(query: String, number: Int?) throws {
        let fields = try QueryFields(query, known: Self.known)
        #expect(fields.number("limit", in: 1...1_000, otherwise: 50) == number)
    }

    @Test(arguments: [("", nil), ("plan=now", true), ("plan=allowed", false), ("plan=NOW", nil), ("plan=n", nil)])
    func aChoiceIsOneOfItsWords(query: String, value: Bool?) throws {
        let fields = try QueryFields(query, known: Self.known)
        #expect(fields.choice("plan", of: ["now": true, "allowed": false]) == value)
    }
}
