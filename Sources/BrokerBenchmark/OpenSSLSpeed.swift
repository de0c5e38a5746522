/// RSA verifications as `openssl speed` measures them: the signature alone, of a digest that is there already.
enum OpenSSLSpeed {
    /// 2,048-bit RSA verifications a second on one thread.
    static func rsaVerifications(seconds: Int) throws(BenchmarkError) -> Double {
        let command = ["openssl", "speed", "-seconds", "\(seconds)", "-mr", "rsa2048"]
        let process = try ChildProcess.start(command, output: .collected)
        let output = try process.read()
        let ending = try process.wait()
        guard ending.status == 0, let rate = rate(in: output) else {
            throw BenchmarkError(
                "openssl speed ended with status \(ending.status) and no figures; is openssl 3 installed?"
            )
        }
        return rate
    }

    /// From the line `+R2:COUNT:BITS:SECONDS`, written for the public-key half.
    private static func rate(in output: String) -> Double? {
        for line in output.split(separator: "\n") where line.hasPrefix("+R2:") {
            let fields = line.split(separator: ":")
            guard fields.count == 4, let count = Double(fields[1]), let seconds = Double(fields[3]), seconds > 0 else {
                return nil
            }
            return count / seconds
        }
        return nil
    }
}
