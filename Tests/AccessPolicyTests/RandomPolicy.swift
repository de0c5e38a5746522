import AccessPolicy
import Foundation

/// Small worlds in which selectors and workloads often meet.
extension SeededGenerator {
    static let profiles = ["a", "b", "c"].compactMap(ProfileName.init)
    static let start = Date.monday

    mutating func policy() -> (grants: [Grant], denials: [Denial]) {
        var count = 0
        let grants = list(0...8) { generator in
            count += 1
            let isObserving = generator.chance(8)
            return Grant(
                name: "grant-\(count)",
                profiles: generator.list(0...2) { $0.element(of: Self.profiles.dropLast()) },
                workloads: generator.list(0...3) { $0.pattern() },
                validity: generator.chance(60) ? Validity() : generator.validity(),
                mode: isObserving ? .observe : .enforce
            )
        }
        let denials = list(0...3) { generator in
            count += 1
            return Denial(
                name: "denial-\(count)",
                workloads: generator.list(0...2) { $0.pattern(atLeast: 1) },
                mode: generator.chance(30) ? .observe : .enforce
            )
        }
        return (grants, denials)
    }

    mutating func workload() -> Workload {
        Workload(
            processID: 1,
            userID: number(),
            groupID: fact { $0.number() },
            groups: fact { generator in generator.list(0...2) { $0.number() } },
            label: fact { $0.text() },
            loginUserID: fact { $0.number() },
            executable: fact { $0.text() },
            sha256: fact { $0.text() },
            unit: fact { $0.text() },
            slices: fact { generator in generator.list(0...2) { $0.text() } },
            container: fact { $0.text() },
            pod: fact { $0.text() }
        )
    }

    mutating func element<Element>(of elements: some Collection<Element>) -> Element {
        elements[elements.index(elements.startIndex, offsetBy: Int.random(in: 0..<elements.count, using: &self))]
    }

    private mutating func pattern(atLeast least: Int = 0) -> WorkloadPattern {
        WorkloadPattern(selectors: list(least...3) { $0.selector() })
    }

    private mutating func selector() -> Selector {
        switch Int.random(in: 0..<10, using: &self) {
        case 0: .user(number(), name: nil)
        case 1: .group(number(), name: nil)
        case 2: .loginUser(number(), name: nil)
        case 3: .executable(text())
        case 4: .sha256(text())
        case 5: .unit(text())
        case 6: .slice(text())
        case 7: .container(text())
        case 8: .pod(text())
        default: .label(text())
        }
    }

    private mutating func validity() -> Validity {
        let from: Date? = chance(50) ? Self.start.addingTimeInterval(Double.random(in: -90...90, using: &self)) : nil
        let to: Date? = chance(50) ? Self.start.addingTimeInterval(Double.random(in: -90...180, using: &self)) : nil
        guard chance(40), let zone = TimeZone(identifier: "Europe/Berlin") else {
            return Validity(notBefore: from, notAfter: to)
        }
        // In Berlin it is 13:00, so these begin or end within minutes.
        let hours = WeeklyHours(
            days: [Int.random(in: 0...2, using: &self)],
            from: 780 + Int.random(in: -2...2, using: &self),
            to: 780 + Int.random(in: -2...2, using: &self),
            timeZone: zone
        )
        return Validity(notBefore: from, notAfter: to, hours: [hours])
    }

    private mutating func fact<Value>(_ make: (inout Self) -> Value) -> Fact<Value> {
        switch Int.random(in: 0..<6, using: &self) {
        case 0: .none
        case 1: .unknown("the generator says so")
        default: .known(make(&self))
        }
    }

    private mutating func number() -> UInt32 { UInt32.random(in: 0...2, using: &self) }

    /// Two of them are the same characters in Swift's eyes, and different bytes.
    private mutating func text() -> String { element(of: ["x", "\u{E9}", "e\u{301}"]) }
}
