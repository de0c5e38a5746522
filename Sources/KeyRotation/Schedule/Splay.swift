/// A delay that is the same for every start of one plan on one machine, so that machines do not all start at once.
enum Splay {
    /// Seconds from 0 up to `splay`, which is not among them; 0 when `splay` is not positive.
    ///
    /// It is a function of the texts alone: neither a restart nor another version of the program changes it.
    static func delay(plan: String, host: String, splay: Int) -> Int {
        guard splay > 0 else { return 0 }
        return Int(hash(Array(host.utf8) + [0] + Array(plan.utf8)) % UInt64(splay))
    }

    /// FNV-1a of 64 bits, its bits mixed: names that differ in their last letter alone are to lie far apart.
    private static func hash(_ bytes: [UInt8]) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        hash = (hash ^ hash >> 33) &* 0xFF51_AFD7_ED55_8CCD
        hash = (hash ^ hash >> 33) &* 0xC4CE_B9FE_1A85_EC53
        return hash ^ hash >> 33
    }
}
