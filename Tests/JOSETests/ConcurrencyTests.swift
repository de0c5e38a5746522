import JOSE
import Testing

@Suite struct ConcurrencyTests {
    /// Genuine and forged tokens of every algorithm are checked with one key set by many tasks at once.
    @Test func oneKeySetServesManyTasksAtOnce() async throws {
        let algorithms = SignatureAlgorithm.allCases
        let entries = try algorithms.map { try SharedKeys.key($0).publicJWK() }
        let keys = try KeySet(parsing: #"{"keys":[\#(entries.joined(separator: ","))]}"#)
        var cases: [(token: String, expected: Rejection?)] = []
        for algorithm in algorithms {
            let genuine = try SharedKeys.key(algorithm)
            let header = #"{"alg":"\#(algorithm.rawValue)","kid":"\#(genuine.id)"}"#
            cases.append((try genuine.token(claims: ProfileToken.claims()), nil))
            let forged = try SharedKeys.otherKey(algorithm).token(claims: ProfileToken.claims(), header: header)
            cases.append((forged, .signatureInvalid))
        }
        let wrong = await withTaskGroup { group in
            for task in 0..<64 {
                group.addTask { [cases] in
                    var wrong = 0
                    for step in 0..<40 {
                        let (token, expected) = cases[(task + step) % cases.count]
                        if ProfileToken.signatureRejection(token, keys) != expected { wrong += 1 }
                    }
                    return wrong
                }
            }
            return await group.reduce(0, +)
        }
        #expect(wrong == 0)
    }

    /// More tasks than a key keeps prepared contexts for, all with the same key.
    @Test func oneKeyServesManyTasksAtOnce() async throws {
        let key = try SharedKeys.key()
        let keys = try SharedKeys.set(key)
        let tokens = try (0..<8).map { try key.token(claims: ProfileToken.claims(["jti": "\($0)"])) }
        let accepted = await withTaskGroup { group in
            for task in 0..<64 {
                group.addTask {
                    (0..<50)
                        .count {
                            ProfileToken.rejection(ofToken: tokens[(task + $0) % 8], keys, ProfileToken.expectations())
                                == nil
                        }
                }
            }
            return await group.reduce(0, +)
        }
        #expect(accepted == 64 * 50)
    }

    @Test func aVerificationThatFailsDoesNotDisturbTheNext() throws {
        for algorithm in SignatureAlgorithm.allCases {
            let key = try SharedKeys.key(algorithm)
            let keys = try SharedKeys.set(key)
            let genuine = try key.token(claims: "{}")
            let parts = genuine.split(separator: ".")
            for signature in ["", "AA", "AAAA", String(repeating: "A", count: 86), String(parts[2].reversed())] {
                _ = ProfileToken.signatureRejection("\(parts[0]).\(parts[1]).\(signature)", keys)
                #expect(ProfileToken.signatureRejection(genuine, keys) == nil)
            }
        }
    }
}
