internal import ArgumentParser
internal import CloudSimulator
internal import Foundation
internal import Logging

/// What both commands can be told about the simulator they start.
struct SimulatorOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The port of 127.0.0.1 to listen on; any that is free without.", valueName: "port"))
    var port: Int?

    @Option(
        help: ArgumentHelp(
            "The address and port to listen on in place of --port, such as 169.254.169.254:80 or [::1]:8170.",
            valueName: "address:port"
        )
    )
    var listen: ListenAddress?

    @Option(help: ArgumentHelp("The instance to play, in JSON; the built-in one without.", valueName: "file"))
    var instance: String?

    @Option(help: ArgumentHelp("A certificate chain in PEM: serves HTTPS.", valueName: "file"))
    var tlsCertificate: String?

    @Option(help: ArgumentHelp("The private key of the certificate in PEM.", valueName: "file"))
    var tlsKey: String?

    @Option(
        help: ArgumentHelp("What to log on stderr: debug, info, notice, warning or error.", valueName: "level"),
        transform: Self.level
    )
    var logLevel: Logger.Level?

    private static func level(_ text: String) throws -> Logger.Level {
        guard let level = Logger.Level(rawValue: text) else {
            throw ValidationError("--log-level must be debug, info, notice, warning or error")
        }
        return level
    }

    func validate() throws {
        guard port == nil || listen == nil else { throw ValidationError("--port and --listen exclude each other") }
        guard (0...65_535).contains(port ?? 0) else { throw ValidationError("--port must be from 0 to 65535") }
        guard (tlsCertificate == nil) == (tlsKey == nil) else {
            throw ValidationError("--tls-certificate and --tls-key need each other")
        }
    }

    /// A logger for stderr; stdout is for data.
    func logger(defaultLevel: Logger.Level) -> Logger {
        var logger = Logger(label: "ibm-cloud-simulator", factory: { StreamLogHandler.standardError(label: $0) })
        logger.logLevel = logLevel ?? defaultLevel
        return logger
    }

    /// Runs `body` beside a simulator, and says on stderr what kept one from running.
    func withSimulator<Value: Sendable>(
        logger: Logger,
        _ body: (SimulatorAddress) async throws -> Value
    ) async throws -> Value {
        var instance = try readInstance()
        let tls = try readTLS()
        guard tls != nil || instance.metadataService.accessProtocol == .http else {
            throw Failure(
                .configuration,
                "metadata_service.protocol is https, which needs --tls-certificate and --tls-key"
            )
        }
        // The service has one protocol at a time: the one that is served.
        if tls != nil { instance.metadataService.accessProtocol = .https }
        let simulator = try CloudSimulator(instance: instance, now: { Date() })
        let place = listen ?? ListenAddress(port: port ?? 0)
        return try await simulator.withRunning(
            host: place.host,
            port: place.port,
            tls: tls?.configuration(),
            logger: logger,
            body
        )
    }

    private func readInstance() throws -> SimulatedInstance {
        guard let path = instance else { return SimulatedInstance() }
        let text: Data
        do {
            text = try Data(contentsOf: URL(filePath: path))
        } catch {
            throw Failure(.configuration, "could not read the instance file \(path): \(error.localizedDescription)")
        }
        do {
            return try SimulatedInstance(parsing: Array(text))
        } catch {
            throw Failure(.configuration, "instance file \(path): \(error)")
        }
    }

    private func readTLS() throws -> TLSFiles? {
        guard let tlsCertificate, let tlsKey else { return nil }
        let files = TLSFiles(certificate: tlsCertificate, key: tlsKey)
        do {
            _ = try files.configuration()
        } catch {
            throw Failure(.configuration, "could not use \(tlsCertificate) and \(tlsKey) for TLS: \(error)")
        }
        return files
    }
}
