import Foundation
import Testing

/// A tool as all of them are tested: what it is told, and files of people who have used it before.
struct SetupCase: Sendable, CustomTestStringConvertible {
    let tool: String
    /// Where the tool's own file is, below the home.
    var file: String
    let options: [String]
    /// A file with settings of others, which are to stay as they are.
    let others: String
    /// What somebody changes in it later, and to what.
    let change: (from: String, to: String)
    /// Something else in the very place.
    let taken: String
    /// What the message says of it.
    let takenName: String
    /// What the tool would not read.
    let malformed: [String]
    /// Options with names that are none.
    let hostile: [[String]]

    var testDescription: String { tool }
    var arguments: [String] { [tool] + options }

    static let all = [docker, git, kubectl, aws, rclone, sdk, terraform, curl]
    /// Those whose file is not all ours.
    static let shared = all.filter { !$0.others.isEmpty }

    /// Values that no name may have; each would be something else to a shell, to YAML, to an INI file or in a path.
    private static func hostile(_ option: String, with others: [String] = []) -> [[String]] {
        ["", "a\nb", "a=b", "[a", "a]", "../a", "a b", "a\u{1B}[31m", "$(id)", "a;id", "'a'", "-a", "a\u{202E}b", "ä"]
            .map { others + ["\(option)=\($0)"] }
    }

    static let docker = SetupCase(
        tool: "docker",
        file: ".docker/config.json",
        options: ["--host", "us.icr.io"],
        others:
            "{  \"auths\" : {\"a.example\":{\"auth\":\"aHVudGVyMg==\"}},\n \"credHelpers\":{ \"gcr.io\":\"gcloud\" } }",
        change: ("gcloud", "gcr"),
        taken: #"{"credHelpers":{"us.icr.io":"other"}}"#,
        takenName: "us.icr.io has other",
        malformed: ["", "[]", "{", #"{"a":1,"a":2}"#],
        hostile: hostile("--host") + hostile("--profile")
    )

    static let git = SetupCase(
        tool: "git",
        file: ".gitconfig",
        options: ["--host", "git.example.com", "--profile", "source"],
        others:
            "# mine\n[user]\n\tname = A\n\n[credential]\n\thelper = store ; all\n[http]\n  extraHeader = \"X: hunter2\"",
        change: ("name = A", "name = B"),
        taken: "[credential \"https://git.example.com\"]\n\thelper = \"!f() { echo password=hunter2; }; f\"\n",
        takenName: "credential.https://git.example.com.helper is a command of somebody else",
        malformed: ["[a", "a b c\n", "[a]\n\tb = \"c"],
        hostile: hostile("--host") + hostile("--profile", with: ["--host", "a.example"])
            + hostile("--username", with: ["--host", "a.example"])
            + [
                ["--host", "A.example"], ["--host", "a.example:0"], ["--host", "a.example:070"],
                ["--host", "https://a"], [],
            ]
    )

    static let kubectl = SetupCase(
        tool: "kubectl",
        file: ".kube/config",
        options: ["--profile", "cluster"],
        others: """
            # mine
            apiVersion: v1
            kind: Config
            clusters:
            - name: c   # the only one
              cluster: {server: "https://c.example"}
            users:
              # of somebody else
              - name: other
                user: {token: hunter2}
            contexts:
            - name: x
              context: {cluster: c, user: other}
            current-context: x
            """,
        change: ("current-context: x", "current-context: \"\""),
        taken: "apiVersion: v1\nkind: Config\nusers:\n- name: iam\n  user:\n    token: hunter2\n",
        takenName: "the user iam has other settings",
        malformed: ["a: [", "users: 3\n", "users:\n- a\n"],
        hostile: hostile("--user") + hostile("--profile") + hostile("--context") + [["--user", "a", "--context", "b"]]
    )

    static let aws = SetupCase(
        tool: "aws",
        file: ".aws/config",
        options: ["--pair", "archive", "--endpoint", "https://s3.eu-de.cloud-object-storage.appdomain.cloud"],
        others:
            "# mine\n[default]\nregion=eu-de\ns3 =\n  max_queue_size = 10\n\n[profile other]\r\naws_secret_access_key = hunter2",
        change: ("region=eu-de", "region=us-south"),
        taken: "[profile archive]\ncredential_process = vault --password=hunter2\n",
        takenName: "[profile archive] has credential_process = \"vault …\"",
        malformed: ["a = b\n", "[a\n", "[a]\n[a]\n", "[a]\nno value\n", "[]\n", "[a]\n = b\n"],
        hostile: hostile("--pair") + hostile("--name", with: ["--pair", "a"])
            + hostile("--endpoint", with: ["--pair", "a"])
            + [
                ["--pair", "a", "--endpoint", "http://s3.example"],
                ["--pair", "a", "--endpoint", "https://a.example/b"], [],
            ]
    )

    static let rclone = SetupCase(
        tool: "rclone",
        file: ".config/rclone/rclone.conf",
        options: ["--aws-profile", "archive", "--endpoint", "https://s3.eu-de.cloud-object-storage.appdomain.cloud"],
        others: "; mine\n[other]\ntype = s3\n  secret_access_key = hunter2\n",
        change: ("type = s3", "type = local"),
        taken: "[cos]\ntype = s3\nsecret_access_key = hunter2\n",
        takenName: "[cos] is a remote with no provider",
        malformed: [
            "a = b\n", "[a\n", "[a]\n[a]\n", "# Encrypted rclone configuration File\n\nRCLONE_ENCRYPT_V0:\nhunter2\n",
        ],
        hostile: hostile("--remote", with: ["--aws-profile", "a", "--endpoint", "https://a.example"])
            + hostile("--aws-profile", with: ["--endpoint", "https://a.example"])
            + hostile("--endpoint", with: ["--aws-profile", "a"]) + [["--aws-profile", "a"], []]
    )

    static let sdk = SetupCase(
        tool: "sdk",
        file: "ibm-credentials.env",
        options: [
            "--service", "vpc", "--service", "secrets-manager",
            "--profile-id", "Profile-5f2d1c3a-8b4e-4d7f-9a6c-0e1b2d3f4a5b",
        ],
        others: "# mine\nVPC_URL=https://eu-de.iaas.cloud.ibm.com/v1\nOTHER_AUTH_TYPE=iam\n  OTHER_APIKEY=hunter2",
        change: ("eu-de", "us-south"),
        taken: "VPC_AUTH_TYPE=iam\nVPC_APIKEY=hunter2\n",
        takenName: "VPC_AUTH_TYPE is something else",
        malformed: ["\u{0}"],
        hostile: hostile("--service") + hostile("--profile-id", with: ["--service", "a"])
            + hostile("--profile-crn", with: ["--service", "a"]) + hostile("--listener", with: ["--service", "a"])
            + [["--service", "a", "--listener", "10.0.0.1:8169"], ["--service", "a", "--profile-id", "reports"], []]
    )

    static let terraform = SetupCase(
        tool: "terraform",
        file: ".local/bin/terraform-ibm",
        options: ["--profile", "infrastructure"],
        others: "",
        change: ("", ""),
        taken: "#!/bin/sh\nTOKEN=hunter2 exec terraform \"$@\"\n",
        takenName: "another file",
        malformed: [],
        hostile: hostile("--profile")
    )

    static let curl = SetupCase(
        tool: "curl",
        file: ".local/bin/curl-iam",
        options: ["--profile", "reports"],
        others: "",
        change: ("", ""),
        taken: "#!/bin/sh\nexec curl -H 'Authorization: Bearer hunter2' \"$@\"\n",
        takenName: "another file",
        malformed: [],
        hostile: hostile("--profile")
    )
}
