internal import AccessPolicy
internal import DaemonConfiguration
internal import DocumentReader
internal import FoundationEssentials
internal import TokenBroker

/// Reads a policy as the daemon does, and looks it over.
struct PolicyCheck {
    /// `nil`: the standard place, which need not exist when `paths` are given.
    let configurationFile: String?
    /// Files and folders; none: the configured folder.
    let paths: [String]

    func report(now: Date = Date()) -> PolicyReport {
        var report = PolicyReport()
        let configuration = configuration(&report)
        let files = files(configuration, &report)
        do {
            let documents = try PolicyFolder.documents(
                files,
                profiles: configuration.map { Set($0.profiles.map(\.name)) },
                sinks: configuration.map { Set($0.sinks.map(\.name)) },
                rotations: configuration.map { Set($0.profileOfRotation.keys) },
                accounts: .ofThisMachine
            )
            report.files = documents.count
            report.grants = documents.map(\.grants.count).reduce(0, +)
            report.denials = documents.map(\.denials.count).reduce(0, +)
            guard report.errors.isEmpty else { return report }
            report.warnings = Lint(documents, profiles: profiles(configuration), machine: .ofThisMachine, now: now)
                .warnings()
        } catch {
            report.errors.add(error)
        }
        return report
    }

    private func configuration(_ report: inout PolicyReport) -> DaemonConfiguration? {
        do {
            return try ConfigurationFile.read(configurationFile ?? ConfigurationFile.standard)
        } catch {
            if configurationFile == nil, !paths.isEmpty {
                report.notes.append("names of profiles are not checked, for want of a configuration: \(error)")
            } else {
                report.errors.add(error)
            }
            return nil
        }
    }

    private func files(_ configuration: DaemonConfiguration?, _ report: inout PolicyReport) -> [String] {
        var files: [String] = []
        for path in paths.isEmpty ? [configuration?.policies].compactMap(\.self) : paths {
            guard FileKind(of: path) == .folder || paths.isEmpty else {
                files.append(path)
                continue
            }
            do {
                let found = try PolicyFolder.files(in: path)
                if found.isEmpty { report.notes.append("\(path) has no grant documents, so it permits nothing") }
                files += found
            } catch {
                report.errors.add(error)
            }
        }
        return files
    }

    /// Only the whole policy can say which profiles nobody may use.
    private func profiles(_ configuration: DaemonConfiguration?) -> Lint.Profiles? {
        guard paths.isEmpty, let configuration else { return nil }
        return Lint.Profiles(
            names: configuration.profiles.map(\.name),
            sinks: configuration.profileOfSink,
            rotations: configuration.profileOfRotation,
            file: configurationFile ?? ConfigurationFile.standard
        )
    }
}
