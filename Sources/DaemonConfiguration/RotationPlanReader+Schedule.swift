internal import DocumentReader
internal import FoundationEssentials
internal import KeyRotation

/// When a plan rotates.
extension RotationPlanReader {
    func schedule(_ value: DocumentValue) throws(DocumentError) -> PlanSchedule {
        let members = try value.mapping(known: [
            "cron", "zone", "max_age", "splay", "catch_up", "windows", "blackouts",
        ])
        let ages = PlanSchedule.maximumAges
        let age = Int(ages.lowerBound.components.seconds)...Int(ages.upperBound.components.seconds)
        let cron = try members["cron"].map(cron)
        let zone = try members["zone"].map(zone) ?? .gmt
        let maximumAge = try members["max_age"]
            .map { value throws(DocumentError) in Duration.seconds(try value.wholeSeconds(in: age)) }
        let splay = try members["splay"]
            .map { value throws(DocumentError) in try value.wholeSeconds(in: PlanSchedule.splays) }
        let catchUp = try members["catch_up"].map(catchUp)
        let windows = try list(members["windows"], window)
        let blackouts = try list(members["blackouts"], blackout)
        let schedule = try Self.checked(value) { () throws(ScheduleError) in
            try PlanSchedule(
                cron: cron,
                zone: zone,
                maximumAge: maximumAge,
                splay: splay ?? 0,
                windows: windows,
                blackouts: blackouts,
                catchUp: catchUp ?? .once
            )
        }
        let now = Int(exactly: surroundings.now.timeIntervalSince1970.rounded(.down)) ?? 0
        guard schedule.hasStart(after: now) else {
            throw value.error("never starts: its times, windows and blackouts leave nothing within 45 years")
        }
        return schedule
    }

    private func cron(_ value: DocumentValue) throws(DocumentError) -> CronExpression {
        let text = try value.string()
        do throws(CronError) {
            return try CronExpression(text)
        } catch {
            throw value.error(error.message)
        }
    }

    /// A zone with a place in its name, or UTC: abbreviations such as EST do not say which rules they follow.
    private func zone(_ value: DocumentValue) throws(DocumentError) -> TimeZone {
        let name = try value.string()
        guard name == "UTC" || name.contains("/"), name.utf8.count <= 64, let zone = TimeZone(identifier: name) else {
            throw value.error("must be a time zone of the IANA database, such as Europe/Berlin, or UTC")
        }
        return zone
    }

    private func catchUp(_ value: DocumentValue) throws(DocumentError) -> PlanSchedule.CatchUp {
        guard let catchUp = PlanSchedule.CatchUp(rawValue: try value.string()) else {
            throw value.error("must be once or never")
        }
        return catchUp
    }

    private func window(_ value: DocumentValue) throws(DocumentError) -> ScheduleWindow {
        let members = try value.mapping(known: ["days", "from", "to"])
        let days = try members["days"]?.string() ?? "*"
        let (from, to) = (try members.required("from").string(), try members.required("to").string())
        return try Self.checked(value) { () throws(ScheduleError) in
            try ScheduleWindow(days: days, from: from, to: to)
        }
    }

    private func blackout(_ value: DocumentValue) throws(DocumentError) -> Blackout {
        let members = try value.mapping(known: ["from", "to"])
        let (from, to) = (try time(members.required("from")), try time(members.required("to")))
        return try Self.checked(value) { () throws(ScheduleError) in try Blackout(from: from, to: to) }
    }

    private func time(_ value: DocumentValue) throws(DocumentError) -> CivilTime {
        let text = try value.string()
        return try Self.checked(value) { () throws(ScheduleError) in try CivilTime(text) }
    }

    private func list<Element>(
        _ value: DocumentValue?,
        _ read: (DocumentValue) throws(DocumentError) -> Element
    ) throws(DocumentError) -> [Element] {
        var elements: [Element] = []
        for element in try value?.list() ?? [] { elements.append(try read(element)) }
        if let value, elements.isEmpty { throw value.error("must have at least one entry; leave it out otherwise") }
        return elements
    }

    private static func checked<Value>(
        _ value: DocumentValue,
        _ read: () throws(ScheduleError) -> Value
    ) throws(DocumentError) -> Value {
        do throws(ScheduleError) {
            return try read()
        } catch {
            throw value.error(error.message)
        }
    }
}
