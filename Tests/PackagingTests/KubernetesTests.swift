import Foundation
import Testing

/// The manifests for Kubernetes and OpenShift: judged by its schemas, against one another, and by the built programs.
@Suite struct KubernetesTests {
    private static let folder = UnitFile.packaging.appending(path: "kubernetes")

    @Test func manifestsAreValidAndFitTogether() async throws {
        let scratch = try ScratchFolder()
        defer { scratch.discard() }
        let run = try await Self.check(Self.folder, scratch, "1.30,1.37")
        #expect(run.exitCode == 0, "\(run.output)")
    }

    /// Each line is one that a check stands behind.
    @Test(arguments: [
        ("daemonset.yaml", "hostPID: true", "hostPid: true"),
        ("daemonset.yaml", "hostPID: true", "hostPID: sometimes"),
        ("daemonset.yaml", "      serviceAccountName: iam-broker\n", ""),
        ("daemonset.yaml", "runAsUser: 869", "runAsUser: 0"),
        ("daemonset.yaml", "capabilities: { drop: [ALL] }", "capabilities: { drop: [ALL], add: [SYS_PTRACE] }"),
        ("daemonset.yaml", "audience: iam,", "audience: other,"),
        ("daemonset.yaml", "seccompProfile: { type: RuntimeDefault }", "seccompProfile: { type: Unconfined }"),
        ("daemonset.yaml", "hostPath: { path: /run/iam-broker,", "hostPath: { paths: /run/iam-broker,"),
        ("daemonset.yaml", "mountPath: /host/cgroup, readOnly: true", "mountPath: /host/cgroup"),
        ("daemonset.yaml", "      hostPID: true", "      hostPID: true\n      hostNetwork: true"),
        ("configuration.yaml", "kind: ConfigMap", "kind: ConfigMaps"),
        ("configuration.yaml", "admin: /run/iam-broker-admin/", "admin: /run/iam-broker/"),
        ("configuration.yaml", "token_file: /var/run", "token_file: /run"),
        ("openshift.yaml", "allowHostPID: true", "allowHostPid: true"),
        ("openshift.yaml", "allowedCapabilities: [CHOWN]", "allowedCapabilities: [CHOWN, SYS_PTRACE]"),
        ("openshift.yaml", "hostPath, projected", "hostPath, projected, secret"),
    ])
    func aMistakeIsFound(file: String, text: String, other: String) async throws {
        let scratch = try ScratchFolder()
        defer { scratch.discard() }
        let copy = scratch.url.appending(path: "manifests")
        try FileManager.default.copyItem(at: Self.folder, to: copy)
        let original = try String(contentsOf: copy.appending(path: file), encoding: .utf8)
        try #require(original.contains(text))
        try original.replacing(text, with: other, maxReplacements: 1)
            .write(to: copy.appending(path: file), atomically: true, encoding: .utf8)
        let run = try await Self.check(copy, scratch, "1.37")
        #expect(run.exitCode == 1 && !run.output.contains("Traceback"), "\(run.output)")
    }

    /// The daemon takes what the config maps hold.
    @Test func theConfigurationIsValid() async throws {
        let scratch = try ScratchFolder()
        defer { scratch.discard() }
        _ = try await Self.check(Self.folder, scratch, "1.37")
        let file = scratch.url.appending(path: "data/iam-broker/config.yaml")
        let policies = scratch.url.appending(path: "data/iam-broker-policies").path()
        let text = try String(contentsOf: file, encoding: .utf8)
        try #require(text.contains("policies: /etc/iam-broker/policies"))
        try text.replacing("policies: /etc/iam-broker/policies", with: "policies: \(policies)")
            .write(to: file, atomically: true, encoding: .utf8)
        let program = UnitFile.builtPrograms.appending(path: "iam-broker").path()
        let run = try await SystemProgram.run(program, "check", "--config", file.path())
        // Who may have what is there to be replaced: a warning that the machine has no such user is none of a mistake.
        #expect(run.exitCode == 0, "\(run.output)")
        #expect(run.output.contains("reports"), "\(run.output)")
    }

    private static func check(_ folder: URL, _ scratch: ScratchFolder, _ versions: String) async throws -> SystemProgram
    {
        let python = try #require(
            ProcessInfo.processInfo.environment["IAM_BROKER_TEST_PYTHON"],
            "IAM_BROKER_TEST_PYTHON is not set: run `make test`, which prepares kubernetes-validate"
        )
        let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Manifests/check.py").path()
        let data = scratch.url.appending(path: "data").path()
        return try await SystemProgram.run(python, script, folder.path(), data, versions)
    }
}
