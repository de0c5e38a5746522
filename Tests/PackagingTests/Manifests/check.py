"""Checks manifests for Kubernetes against its schemas, and against one another.

check.py FOLDER OUTPUT VERSION,…     FOLDER: manifests. OUTPUT: gets the data of the config maps, each map a folder

What is wrong is printed, a line each, and the exit code is 1.
"""

import pathlib
import sys

import kubernetes_validate
import yaml

CONFINEMENT = {"allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True}

# Names and types of security.openshift.io/v1, for which there is no schema here.
CONSTRAINTS = {
    "apiVersion": str, "kind": str, "metadata": dict, "users": list, "groups": list, "priority": (int, type(None)),
    "allowHostPID": bool, "allowHostDirVolumePlugin": bool, "allowHostIPC": bool, "allowHostNetwork": bool, "allowHostPorts": bool,
    "allowPrivilegedContainer": bool, "allowPrivilegeEscalation": bool, "defaultAllowPrivilegeEscalation": bool,
    "allowedCapabilities": list, "defaultAddCapabilities": list, "requiredDropCapabilities": list, "readOnlyRootFilesystem": bool,
    "runAsUser": dict, "seLinuxContext": dict, "fsGroup": dict, "supplementalGroups": dict, "seccompProfiles": list, "volumes": list,
}


def main() -> int:
    folder, output = map(pathlib.Path, sys.argv[1:3])
    documents = [
        document for file in sorted(folder.glob("*.yaml")) for document in yaml.safe_load_all(file.read_text(encoding="utf-8"))
    ]
    mistakes = [mistake for document in documents for mistake in of_schema(document, sys.argv[3].split(","))]
    if not mistakes:
        mistakes = of_whole({document["kind"]: document for document in documents}, documents)
    for document in documents:
        if document["kind"] == "ConfigMap":
            place = output / document["metadata"]["name"]
            place.mkdir(parents=True)
            for name, text in document["data"].items():
                (place / name).write_text(text, encoding="utf-8")
    print("\n".join(mistakes))
    return 1 if mistakes else 0


def of_schema(document: dict, versions: list[str]) -> list[str]:
    kind = document.get("kind", "no kind")
    if kind == "SecurityContextConstraints":
        return [f"{kind}: {name}: unknown" for name in document if name not in CONSTRAINTS] + [
            f"{kind}: {name}: missing, or of another type"
            for name, wanted in CONSTRAINTS.items()
            if name not in document or not isinstance(document[name], wanted)
        ]
    found = []
    for version in versions:
        try:
            # Strict: unknown keys are errors.
            kubernetes_validate.validate(document, version, strict=True)
        except kubernetes_validate.SchemaNotFoundError:
            found.append(f"{kind}: {version}: there is no schema for this kind")
        except kubernetes_validate.ValidationError as error:
            found.append(f"{kind}: {version}: {error}")
    return found


def of_whole(kinds: dict, documents: list) -> list[str]:
    found = []

    def expect(holds: bool, what: str) -> None:
        if not holds:
            found.append(what)

    namespace = kinds["Namespace"]["metadata"]["name"]
    for document in documents:
        if document["kind"] not in ("Namespace", "SecurityContextConstraints"):
            expect(document["metadata"].get("namespace") == namespace, f"{document['kind']}: in another namespace")
    pod = kinds["DaemonSet"]["spec"]["template"]["spec"]
    account = kinds["ServiceAccount"]["metadata"]["name"]
    expect(pod.get("serviceAccountName") == account, "the pod runs as another service account")
    expect(pod["automountServiceAccountToken"] is False, "the pod gets a token for the cluster")
    selector = kinds["DaemonSet"]["spec"]["selector"]["matchLabels"]
    expect(selector == kinds["DaemonSet"]["spec"]["template"]["metadata"]["labels"], "the selector is not that of the pods")

    context = pod["securityContext"]
    expect(context["runAsNonRoot"] and context["runAsUser"] != 0, "the daemon may be root")
    expect(context["seccompProfile"] == {"type": "RuntimeDefault"}, "there is no seccomp profile")
    (daemon,) = pod["containers"]
    everything = pod["initContainers"] + [daemon]
    for container in everything:
        own = container["securityContext"]
        expect(CONFINEMENT.items() <= own.items() and own["capabilities"]["drop"] == ["ALL"], f"{container['name']} may too much")
        expect(not own.get("privileged", False), f"{container['name']} is privileged")
    expect(set(daemon["securityContext"]) == {*CONFINEMENT, "capabilities"}, "the daemon runs as others than the pod")
    expect(set(daemon["securityContext"]["capabilities"]) == {"drop"}, "the daemon has a capability")

    volumes = {volume["name"]: next(key for key in volume if key != "name") for volume in pod["volumes"]}
    mounts = {mount["name"] for container in everything for mount in container["volumeMounts"]}
    expect(mounts == set(volumes), f"volumes and mounts differ: {sorted(mounts ^ set(volumes))}")
    maps = {document["metadata"]["name"] for document in documents if document["kind"] == "ConfigMap"}
    expect({volume["configMap"]["name"] for volume in pod["volumes"] if "configMap" in volume} == maps, "config maps differ")

    # What the daemon is told must be where it is mounted.
    paths = {mount["mountPath"]: mount for mount in daemon["volumeMounts"]}
    configuration = yaml.safe_load(next(d["data"]["config.yaml"] for d in documents if "config.yaml" in d.get("data", {})))
    token, listen = configuration["identity"]["token_file"], configuration["listen"]
    expect(str(pathlib.PurePath(token).parent) in paths, "the token is not mounted where it is looked for")
    expect(configuration["policies"] in paths, "the policies are not mounted where they are looked for")
    groups = configuration["attestation"]["control_groups"]
    expect(groups in paths and paths[groups].get("readOnly"), "the node's control groups are not mounted, or can be written")
    folders = [str(pathlib.PurePath(listen[name]).parent) for name in ("workload", "admin")]
    expect(folders[0] != folders[1], "the admin socket is in a folder that workloads have")
    kinds_of_folders = [volumes[paths[folder]["name"]] for folder in folders]
    expect(kinds_of_folders == ["hostPath", "emptyDir"], "the sockets are in folders of another kind")
    for probe in ("startupProbe", "livenessProbe"):
        expect(daemon[probe]["exec"]["command"][-1] == listen["admin"], f"{probe}: at another socket")
    (token_source,) = [s for v in pod["volumes"] if "projected" in v for s in v["projected"]["sources"]]
    expect(token_source["serviceAccountToken"]["audience"] == "iam", "the token is not for IAM")
    expect(token_source["serviceAccountToken"]["path"] == pathlib.PurePath(token).name, "the token has another name")

    # OpenShift lets in what is asked for, and nothing more.
    allowed = kinds["SecurityContextConstraints"]
    expect(allowed["users"] == [f"system:serviceaccount:{namespace}:{account}"] and not allowed["groups"], "others are let in")
    expect(sorted(allowed["volumes"]) == sorted(set(volumes.values())), "other volumes are let in")
    asked = sorted(c for container in everything for c in container["securityContext"]["capabilities"].get("add", []))
    expect(allowed["allowedCapabilities"] == asked, "other capabilities are let in")
    for key in ("hostPID", "hostIPC", "hostNetwork"):
        expect(allowed["allow" + key[0].upper() + key[1:]] == pod.get(key, False), f"{key} differs")
    for key in ("allowHostPorts", "allowPrivilegedContainer", "allowPrivilegeEscalation"):
        expect(allowed[key] is False, f"{key} is let in")
    ranges = [{"min": context["fsGroup"], "max": context["fsGroup"]}]
    for key in ("fsGroup", "supplementalGroups"):
        expect(allowed[key].get("ranges") == ranges, f"{key} differs")
    return found


sys.exit(main())
