internal import DocumentReader
internal import FoundationEssentials

/// The terms of a grant: how often, when, and how much.
extension PolicyReader {
    /// A rate; `nil` is "unlimited", and also what is read where the text is wrong.
    func rate(_ value: DocumentValue) -> Rate? {
        errors.attempt { () throws(DocumentError) -> Rate? in
            let text = try value.string()
            if text == "unlimited" { return nil }
            let parts = text.split(separator: "/", omittingEmptySubsequences: false)
            guard parts.count == 2, let count = Self.digits(parts[0]), (1...1_000_000).contains(count),
                let period = ["s": Duration.seconds(1), "m": .seconds(60), "h": .seconds(3_600)][parts[1]]
            else {
                throw value.error("must be 1 to 1000000 in a second, minute or hour, such as 60/m, or unlimited")
            }
            return Rate(count: count, per: period)
        } ?? nil
    }

    func validity(_ members: DocumentMapping) -> Validity {
        Validity(
            notBefore: members["not_before"].flatMap(instant),
            notAfter: members["not_after"].flatMap(instant),
            hours: weeklyHours(members["hours"])
        )
    }

    func instant(_ value: DocumentValue) -> Date? {
        errors.attempt { () throws(DocumentError) in
            guard let instant = Timestamp.date(try value.string()) else {
                throw value.error(
                    "must be a time with its zone, such as 2026-11-23T12:00:00Z or 2026-11-23T13:00:00+01:00"
                )
            }
            return instant
        }
    }

    private func weeklyHours(_ value: DocumentValue?) -> [WeeklyHours] {
        let listed = elements(of: value)
        if let value, (try? value.list().isEmpty) == true {
            errors.add(value.error("must have at least one entry; without 'hours' a grant holds at any hour"))
        }
        return listed.compactMap(hours)
    }

    private func hours(_ value: DocumentValue) -> WeeklyHours? {
        guard let members = members(of: value, known: ["days", "from", "to", "zone"]) else { return nil }
        let days = days(members["days"])
        let from = errors.attempt { () throws(DocumentError) in try Self.minutes(members.required("from"), upTo: 1_439)
        }
        let to = errors.attempt { () throws(DocumentError) in try Self.minutes(members.required("to"), upTo: 1_440) }
        let zone = errors.attempt { () throws(DocumentError) in try Self.zone(members.required("zone")) }
        guard let days, let from, let to, let zone else { return nil }
        // Midnight at the end of a day, in either spelling.
        return WeeklyHours(days: days, from: from, to: to == 0 ? 1_440 : to, timeZone: zone)
    }

    /// Without `days`, every day.
    private func days(_ value: DocumentValue?) -> Set<Int>? {
        guard let value else { return Set(0...6) }
        return errors.attempt { () throws(DocumentError) in
            var days: Set<Int> = []
            for element in try value.list() {
                guard let range = Weekday.days(try element.string()) else {
                    throw element.error(
                        "must be a day or a range of days: \(Weekday.names.joined(separator: ", ")), or such as mon-fri"
                    )
                }
                days.formUnion(range)
            }
            guard !days.isEmpty else { throw value.error("must name at least one day") }
            return days
        }
    }

    /// Minutes after midnight.
    private static func minutes(_ value: DocumentValue, upTo most: Int) throws(DocumentError) -> Int {
        let parts = try value.string().split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ $0.utf8.count == 2 }), let hour = digits(parts[0]),
            let minute = digits(parts[1]), minute < 60, hour * 60 + minute <= most
        else {
            throw value.error("must be a time of day from 00:00 to \(most == 1_440 ? "24:00" : "23:59")")
        }
        return hour * 60 + minute
    }

    /// A zone with a place in its name, or UTC: abbreviations such as EST do not say which rules they follow.
    private static func zone(_ value: DocumentValue) throws(DocumentError) -> TimeZone {
        let name = try value.string()
        guard name == "UTC" || name.contains("/"), let zone = TimeZone(identifier: name) else {
            throw value.error("must be a time zone of the IANA database, such as Europe/Berlin, or UTC")
        }
        return zone
    }

    /// A path of the metadata service, or the name `user_data`, which has the form of one.
    func metadataPath(_ value: DocumentValue) -> String? {
        errors.attempt { () throws(DocumentError) in
            let path = try value.string()
            guard MetadataPath.segments(path) != nil else {
                throw value.error(
                    "must be a path of the metadata service such as instance or instance/network_interfaces: a-z, 0-9, '_', '-', and '/' inside"
                )
            }
            return path
        }
    }

    /// Whole seconds; no token of IAM lives longer than an hour.
    func minimumTTL(_ value: DocumentValue) -> Int? {
        errors.attempt { () throws(DocumentError) in
            let duration = try value.duration(in: 0...3_600)
            guard duration.components.attoseconds == 0 else { throw value.error("must be whole seconds") }
            return Int(duration.components.seconds)
        }
    }

    /// A number of ASCII digits alone.
    private static func digits(_ text: Substring) -> Int? {
        guard text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else { return nil }
        return Int(text)
    }
}
