/// The form that is posted to `/identity/token` (reference: IBM API, section 3.2).
///
/// The value of `cr_token` or `apikey` is no secret here: who asks is the kernel's word. A value that is one, sent by
/// mistake, is neither kept nor told to anybody.
struct IAMTokenForm: Sendable {
    let selection: ProfileSelection
    let isAPIKey: Bool

    private static let prefix = "urn:ibm:params:oauth:grant-type:"

    /// `nil` for a field that is not there or empty, white space at the ends removed: SDKs send the newline of a file along.
    private static func value(_ name: String, in fields: [String: String]) -> String? {
        guard let text = fields[name] else { return nil }
        let isSpace: (Character) -> Bool = { [" ", "\t", "\r", "\n", "\r\n"].contains($0) }
        let trimmed = text.drop(while: isSpace).reversed().drop(while: isSpace).reversed()
        return trimmed.isEmpty ? nil : String(trimmed)
    }

    init(_ body: [UInt8]) throws(IAMError) {
        let fields = try Self.fields(body)
        guard let grant = Self.value("grant_type", in: fields) else { throw .missing("grant_type") }
        // A token that may do more than was asked for is not what was asked for.
        if let scope = Self.value("scope", in: fields), scope != "ibm openid" {
            throw .malformed("The broker cannot limit a token to a scope; leave scope out")
        }
        if let type = Self.value("response_type", in: fields), type != "cloud_iam" {
            throw .malformed("The broker knows response_type cloud_iam only")
        }
        switch grant {
        case Self.prefix + "cr-token":
            guard Self.value("cr_token", in: fields) != nil else { throw .missing("cr_token") }
            isAPIKey = false
            selection = try Self.profile(fields)
        case Self.prefix + "apikey":
            guard let text = Self.value("apikey", in: fields) else { throw .missing("apikey") }
            isAPIKey = true
            selection = ProfileSelection(text: text)
        default:
            throw .malformed("The broker knows the grant types \(Self.prefix)cr-token and \(Self.prefix)apikey only")
        }
    }

    private static func profile(_ fields: [String: String]) throws(IAMError) -> ProfileSelection {
        if let id = value("profile_id", in: fields) { return .id(id) }
        if let crn = value("profile_crn", in: fields) { return .crn(crn) }
        if let name = value("profile_name", in: fields) { return .name(name) }
        throw .missing("profile_id")
    }

    /// The fields of `application/x-www-form-urlencoded`; each may be there once.
    private static func fields(_ body: [UInt8]) throws(IAMError) -> [String: String] {
        var fields: [String: String] = [:]
        for field in body.split(separator: UInt8(ascii: "&")) {
            let parts = field.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = decoded(parts[0]), let value = parts.count > 1 ? decoded(parts[1]) : "" else {
                throw .malformed("The form is not percent-encoded UTF-8")
            }
            guard fields.updateValue(value, forKey: name) == nil else {
                throw .malformed("A property is there twice")
            }
        }
        return fields
    }

    private static func decoded(_ bytes: ArraySlice<UInt8>) -> String? {
        var result: [UInt8] = []
        var rest = bytes
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "+"): result.append(UInt8(ascii: " "))
            case UInt8(ascii: "%"):
                guard let high = rest.popFirst().flatMap(digit), let low = rest.popFirst().flatMap(digit) else {
                    return nil
                }
                result.append(high << 4 | low)
            default: result.append(byte)
            }
        }
        return String(validating: result, as: UTF8.self)
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
