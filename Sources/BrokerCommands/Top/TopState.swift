internal import BrokerAPI
internal import FoundationEssentials

/// What `iam-broker top` knows.
struct TopState {
    var status: StatusResponse?
    var activity: ActivityResponse?
    var rotations: [RotationsResponse.Plan] = []
    var rates = TopRates()
    /// Why the last question was not answered; what is shown is older then.
    var trouble: String?
    var now: Date
    /// Seconds between two questions.
    var interval: Double

    init(now: Date, interval: Double) { (self.now, self.interval) = (now, interval) }
}
