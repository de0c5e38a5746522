import CloudSimulator
import Foundation
import JOSE

/// Keys that all tests share: making them takes some tenths of a second.
enum TestKeys {
    private static let made = Result { () throws(CryptoError) in
        try SimulatorKeys(generatingAt: Date(), region: "us-south")
    }
    private static let spare = Result { () throws(CryptoError) in
        [
            try SigningKey(generating: .rs256, id: "202609020000"),
            try SigningKey(generating: .rs256, id: "202609020001"),
        ]
    }

    static func keys() throws -> SimulatorKeys { try made.get() }

    /// Two keys to rotate to.
    static func next() throws -> [SigningKey] { try spare.get() }
}
