"""Real tools that get their credentials from iam-broker's helpers.

tools.py CASE IAM-BROKER SOCKET FOLDER; prints one line of JSON. No token is printed: servers say whether theirs was the one.
"""
import base64, gzip, hashlib, http.server, io, json, os, ssl, subprocess, sys, tarfile, threading

case, broker, sock, folder = sys.argv[1:]
environment = {"PATH": f"{folder}:/usr/local/bin:/usr/bin:/bin", "HOME": folder, "IAM_BROKER_SOCKET": sock,
               "IAM_BROKER_PROFILE": "reports", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
for name in ("docker-credential-iam-broker", "git-credential-iam-broker", "kubectl-iam_broker"):
    os.symlink(broker, f"{folder}/{name}")


def run(*command, stdin="", **more):
    return subprocess.run(command, input=stdin, capture_output=True, text=True, timeout=60, env=environment | more)


def expected():
    answer = run(broker, "token", "--profile", "reports")
    if answer.returncode != 0:
        sys.exit("no token: " + answer.stderr)
    return answer.stdout.strip()


def masked(text, token):
    text = text.replace(token, "TOKEN")
    return text if "eyJ" not in text else "a token that is not the one"


def serve(port, name, handle):
    """A TLS server for NAME; HANDLE gets path and the Authorization field, and gives status, fields and body."""
    subject = f"IP:{name}" if name[0].isdigit() else f"DNS:{name}"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=test",
                    "-addext", f"subjectAltName={subject}", "-keyout", f"{folder}/key.pem", "-out", f"{folder}/ca.crt"],
                   check=True, capture_output=True)

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            status, fields, body = handle(self.path, self.headers.get("Authorization", ""))
            self.send_response(status)
            for field in fields.items():
                self.send_header(*field)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        do_HEAD = do_GET

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(f"{folder}/ca.crt", f"{folder}/key.pem")
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_address[1]


def git():
    token = expected()
    helper = f"credential.https://git.example.com.helper={folder}/git-credential-iam-broker --host git.example.com"
    question = "protocol=https\nhost={}\n\n"
    answers = {}
    for host in ("git.example.com", "git.example.com.evil.example"):
        # Without the second option git would ask the helpers of this machine, too.
        answer = run("git", "-c", "credential.helper=", "-c", helper, "credential", "fill", stdin=question.format(host))
        answers[host] = [answer.returncode, masked(answer.stdout, token)]
    return answers


def git_without_a_token():
    helper = f"credential.https://git.example.com.helper={folder}/git-credential-iam-broker --host git.example.com"
    answer = run("git", "-c", "credential.helper=", "-c", helper, "credential", "fill",
                 stdin="protocol=https\nhost=git.example.com\n\n")
    return {"code": answer.returncode, "output": answer.stdout, "errors": answer.stderr}


def kubectl(version):
    token, seen = expected(), []

    def handle(path, authorization):
        seen.append(authorization == f"Bearer {token}")
        body = b'{"major":"1","minor":"20","gitVersion":"v1.20.2"}'
        return (200 if seen[-1] else 401), {"Content-Type": "application/json"}, body

    port = serve(0, "127.0.0.1", handle)
    config = {
        "apiVersion": "v1", "kind": "Config", "current-context": "c",
        "clusters": [{"name": "k", "cluster": {"server": f"https://127.0.0.1:{port}",
                                               "certificate-authority": f"{folder}/ca.crt"}}],
        "contexts": [{"name": "c", "context": {"cluster": "k", "user": "u"}}],
        "users": [{"name": "u", "user": {"exec": {
            "apiVersion": f"client.authentication.k8s.io/{version}", "command": f"{folder}/kubectl-iam_broker",
            "args": ["--profile", "reports"], "interactiveMode": "Never"}}}],
    }
    with open(f"{folder}/config", "w") as file:
        json.dump(config, file)
    answer = run("kubectl", "--kubeconfig", f"{folder}/config", "get", "--raw", "/version")
    return {"code": answer.returncode, "output": masked(answer.stdout, token), "seen": sorted(set(seen)),
            "errors": masked(answer.stderr, token)}


def be_the_registry():
    """Needs a network namespace and a mount namespace of its own: us.icr.io is this process here."""
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    with open(f"{folder}/hosts", "w") as file:
        file.write("127.0.0.1 us.icr.io localhost\n")
    subprocess.run(["mount", "--bind", f"{folder}/hosts", "/etc/hosts"], check=True)


def skopeo():
    be_the_registry()
    token, seen = expected(), []
    basic = "Basic " + base64.b64encode(f"iambearer:{token}".encode()).decode()
    manifest = json.dumps({
        "schemaVersion": 2, "mediaType": "application/vnd.docker.distribution.manifest.v2+json", "layers": [],
        "config": {"mediaType": "application/vnd.docker.container.image.v1+json", "size": 2, "digest": "sha256:" + "0" * 64},
    }).encode()

    def handle(path, authorization):
        if not authorization:
            return 401, {"WWW-Authenticate": 'Basic realm="us.icr.io"'}, b"{}"
        seen.append(authorization == basic)
        kind = "application/vnd.docker.distribution.manifest.v2+json" if "manifests" in path else "application/json"
        return (200 if seen[-1] else 401), {"Content-Type": kind}, manifest if "manifests" in path else b"{}"

    serve(443, "us.icr.io", handle)
    setup = run(broker, "setup", "docker", "--file", f"{folder}/auth.json", "--host", "us.icr.io")
    if setup.returncode != 0:
        sys.exit(setup.stderr)
    answer = run("skopeo", "inspect", "--raw", "--authfile", f"{folder}/auth.json", "--cert-dir", folder,
                 "docker://us.icr.io/a/b:c", SSL_CERT_FILE=f"{folder}/ca.crt")
    return {"code": answer.returncode, "got": answer.stdout.encode() == manifest, "seen": sorted(set(seen)),
            "errors": masked(answer.stderr, token)}


def podman():
    """Pulls an image, blobs and all, into a storage of its own."""
    be_the_registry()
    token, seen = expected(), []
    basic = "Basic " + base64.b64encode(f"iambearer:{token}".encode()).decode()

    def described(kind, blob):
        return {"mediaType": kind, "size": len(blob), "digest": "sha256:" + hashlib.sha256(blob).hexdigest()}

    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w") as tar:
        tar.addfile(tarfile.TarInfo("a file"))
    difference = described("", archive.getvalue())["digest"]
    kinds = "application/vnd.docker."
    layer = gzip.compress(archive.getvalue())
    config = json.dumps({"architecture": "amd64", "os": "linux", "config": {},
                         "rootfs": {"type": "layers", "diff_ids": [difference]}}).encode()
    manifest = {"schemaVersion": 2, "mediaType": kinds + "distribution.manifest.v2+json",
                "config": described(kinds + "container.image.v1+json", config),
                "layers": [described(kinds + "image.rootfs.diff.tar.gzip", layer)]}
    blobs = {manifest["config"]["digest"]: config, manifest["layers"][0]["digest"]: layer,
             "c": json.dumps(manifest).encode()}

    def handle(path, authorization):
        if not authorization:
            return 401, {"WWW-Authenticate": 'Basic realm="us.icr.io"'}, b"{}"
        seen.append(authorization == basic)
        kind = manifest["mediaType"] if "manifests" in path else "application/octet-stream"
        return (200 if seen[-1] else 401), {"Content-Type": kind}, blobs.get(path.rpartition("/")[2], b"{}")

    serve(443, "us.icr.io", handle)
    setup = run(broker, "setup", "docker", "--file", f"{folder}/auth.json", "--host", "us.icr.io")
    if setup.returncode != 0:
        sys.exit(setup.stderr)
    storage = ["--root", f"{folder}/root", "--runroot", f"{folder}/run", "--storage-driver", "vfs"]
    tool = ["podman", *storage, "--cgroup-manager", "cgroupfs", "--events-backend", "none"]
    path = environment["PATH"] + ":/usr/sbin:/sbin"
    pull = run(*tool, "pull", "--quiet", "--authfile", f"{folder}/auth.json", "--cert-dir", folder, "us.icr.io/a/b:c",
               PATH=path, SSL_CERT_FILE=f"{folder}/ca.crt")
    images = run(*tool, "images", "--quiet", "--no-trunc", PATH=path)
    return {"code": pull.returncode, "got": images.stdout.strip() == manifest["config"]["digest"],
            "seen": sorted(set(seen)), "errors": masked(pull.stderr, token)}


def crowd():
    """Two hundred helpers at once."""
    token = expected()
    processes = [subprocess.Popen([f"{folder}/docker-credential-iam-broker", "get"], stdin=subprocess.PIPE,
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment) for _ in range(200)]
    answers = [process.communicate(b"us.icr.io") for process in processes]
    good = json.dumps({"ServerURL": "us.icr.io", "Username": "iambearer", "Secret": token}, separators=(",", ":"))
    return {"codes": sorted({process.returncode for process in processes}),
            "right": sum(output.decode().strip() == good for output, _ in answers),
            "errors": sorted({masked(errors.decode(), token) for _, errors in answers})}


result = {
    "git": git, "git-without-a-token": git_without_a_token, "kubectl-v1beta1": lambda: kubectl("v1beta1"),
    "podman": podman, "skopeo": skopeo, "crowd": crowd,
}[case]()
print(json.dumps(result, sort_keys=True))
