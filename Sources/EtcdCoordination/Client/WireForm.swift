internal import FoundationEssentials

/// The JSON of etcd's gateway: names with underscores, bytes in base64, 64-bit numbers as text, and what is zero or false left out.
enum WireForm {
    static func bytes(_ value: some Encodable) throws(EtcdError) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = value is Wire.Lease ? .useDefaultKeys : .convertToSnakeCase
        guard let data = try? encoder.encode(value) else {
            throw EtcdError(.rejected, "the call cannot be put into JSON")
        }
        return Array(data)
    }

    static func value<Value: Decodable>(_ type: Value.Type, _ bytes: [UInt8]) throws(EtcdError) -> Value {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        do {
            return try decoder.decode(type, from: Data(bytes))
        } catch {
            throw EtcdError(.unreadable, "an answer is not that of etcd's JSON gateway; see what the endpoints are")
        }
    }
}

/// A number that JSON has as text, because it may be longer than a double is exact.
struct Number64: Codable, Equatable {
    let value: Int64

    init(_ value: Int64) {
        self.value = value
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let number = try? container.decode(Int64.self) {
            value = number
            return
        }
        guard let number = Int64(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a number of 64 bits")
        }
        value = number
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(String(value))
    }
}
