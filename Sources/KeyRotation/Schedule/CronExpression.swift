/// When something is to happen, in five fields or by a name (crontab(5)).
package struct CronExpression: Sendable, Hashable {
    let minute: CronField
    let hour: CronField
    let dayOfMonth: CronField
    let month: CronField
    let dayOfWeek: CronField

    private static let macros = [
        "@yearly": "0 0 1 1 *", "@annually": "0 0 1 1 *", "@monthly": "0 0 1 * *", "@weekly": "0 0 * * 0",
        "@daily": "0 0 * * *", "@midnight": "0 0 * * *", "@hourly": "0 * * * *",
    ]
    private static let longest = 1_024

    /// Reads five fields that blanks separate, or one of the names that begin with `@`.
    ///
    /// - Throws: ``CronError`` for what is neither, and for a date that no year has.
    package init(_ text: String) throws(CronError) {
        guard text.utf8.count <= Self.longest else {
            throw CronError("the expression is longer than \(Self.longest) bytes")
        }
        let trimmed = text.split { $0 == " " || $0 == "\t" }
        var fields = trimmed
        if let first = trimmed.first, first.hasPrefix("@") {
            guard trimmed.count == 1, let macro = Self.macros[first.lowercased()] else {
                let known = Self.macros.keys.sorted().joined(separator: ", ")
                throw CronError("a name that begins with @ stands alone, and is one of \(known)")
            }
            fields = macro.split(separator: " ")
        }
        guard fields.count == 5 else {
            throw CronError(
                "it has \(fields.count) fields, and needs 5: minute, hour, day of month, month, day of week"
            )
        }
        minute = try CronField(fields[0], .minute)
        hour = try CronField(fields[1], .hour)
        dayOfMonth = try CronField(fields[2], .dayOfMonth)
        month = try CronField(fields[3], .month)
        dayOfWeek = try CronField(fields[4], .dayOfWeek)
        guard hasDate else { throw CronError("it names no day that any year has, such as February 30") }
    }

    /// Whether it runs by the clock on the wall; otherwise it is for fixed times, which count once each.
    var isWildcard: Bool { minute.isWildcard || hour.isWildcard }

    /// Whether both kinds of days restrict, so that either will do.
    ///
    /// Where one is a wildcard both must fit.
    private var daysAreAlternatives: Bool { !dayOfMonth.isWildcard && !dayOfWeek.isWildcard }

    /// Whether it names this day.
    func includes(_ day: CivilDay) -> Bool {
        guard month.contains(day.month) else { return false }
        let (fitsMonth, fitsWeek) = (dayOfMonth.contains(day.day), dayOfWeek.contains(day.weekday))
        return daysAreAlternatives ? fitsMonth || fitsWeek : fitsMonth && fitsWeek
    }

    /// Whether it names this time of a day, in minutes after midnight.
    func includes(minuteOfDay: Int) -> Bool { hour.contains(minuteOfDay / 60) && minute.contains(minuteOfDay % 60) }

    private var hasDate: Bool {
        if daysAreAlternatives { return true }
        let lengths = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        return month.numbers.contains { number in dayOfMonth.numbers.contains { $0 <= lengths[number - 1] } }
    }
}
