"""The machine that the blocks are run on: an instance of IBM Cloud with the broker, as far as a container can be one."""

import contextlib
import ctypes
import os
import pathlib
import re
import shutil
import signal
import socket
import ssl
import subprocess
import threading
import time

BASE = pathlib.Path("/mnt/blocks")
METADATA = ("169.254.169.254", 80)
IBM = "10.240.0.1"
# The cloud is on the other side of a cable, so that a firewall on this machine does what it does on an instance.
NETWORK = f"""
ip link set lo up
ip netns add cloud
ip link add eth0 type veth peer name instance netns cloud
ip address add 10.240.0.6/24 dev eth0
ip link set eth0 up
ip -n cloud link set lo up
ip -n cloud address add {IBM}/24 dev instance
ip -n cloud address add {METADATA[0]}/32 dev instance
ip -n cloud link set instance up
ip route add {METADATA[0]}/32 dev eth0
"""
# IBM's hosts, as far as the simulator plays them.
HOSTS = ("iam.cloud.ibm.com", "resource-controller.cloud.ibm.com", "us-south.iaas.cloud.ibm.com")
ACCOUNT = "3c1f0a9be7d24c5d8e6f7a8b9c0d1e2f"
REPORTS = "Profile-5f2d1c3a-8b4e-4d7f-9a6c-0e1b2d3f4a5b"
DOCKER = "docker-credential-iam-broker"
LINKS = (DOCKER, f"{DOCKER}-reports", "git-credential-iam-broker", "kubectl-iam_broker")

# The broker's user, as the pages make it.
BROKER = 869

CONFIGURATION = f"""\
account: {ACCOUNT}
profiles:
  reports: {{ id: {REPORTS}, prefetch: true }}
  default: {{ instance_default: true }}
  backups: {{ name: backups }}
  rotator: {{ id: {REPORTS} }}
  source: {{ id: {REPORTS} }}
  cluster: {{ id: {REPORTS} }}
  infrastructure: {{ id: {REPORTS} }}
policies: /etc/iam-broker/policies
rotation: /etc/iam-broker/rotation
listen: {{ metadata: "127.0.0.1:8169", metrics: "127.0.0.1:9477", page: "127.0.0.1:8172" }}
"""

POLICY = """\
version: 1
grants:
  - name: root
    profiles: [reports, default, rotator, source, cluster, infrastructure]
    workloads: [{ user: root }]
  - name: metadata
    metadata: [instance, instance/initialization, keys, placement_groups, virtual_network_interfaces, user_data]
    workloads: [{ user: root }]
  - name: certificates
    certificates: true
    workloads: [{ user: root }]
  - name: backups
    profiles: [backups]
    workloads: [{ user: nobody }]
  - { name: keys, profiles: [rotator], rotations: [reports] }
"""

CASES = """\
version: 1
policies: [root.yaml]
cases:
  - { name: root may have reports, workload: { uid: 0 }, profile: reports, expect: permit }
  - { name: root may not have backups, workload: { uid: 0 }, profile: backups, expect: deny }
"""

PLAN = """\
version: 1
name: reports
profile: rotator
target:
  iam-api-key:
    service_id: ServiceId-9d8c7b6a-5f4e-4d3c-8b2a-1f0e9d8c7b6a
    replaces: ApiKey-9d8c7b6a-5f4e-4d3c-8b2a-1f0e9d8c7b6a
schedule: { cron: "@monthly", zone: Europe/Berlin }
publish: [{ file: { path: /etc/report/key } }]
overlap: 24h
idle: none
"""

PROMETHEUS = """\
rule_files: [/usr/share/doc/iam-broker/alerts.yaml]
scrape_configs: [{ job_name: iam-broker, static_configs: [{ targets: ["127.0.0.1:9477"] }] }]
"""

# Programs that blocks run with a private endpoint: both ask it for a token.
INVENTORY = """\
import json, os, urllib.request
def token(method, path, headers, body):
    headers["Content-Type"] = "application/json"
    request = urllib.request.Request(
        os.environ["VPC_AUTH_URL"] + path + "?version=2025-08-26", json.dumps(body).encode(), headers, method=method
    )
    return json.load(urllib.request.urlopen(request))["access_token"]
identity = token("PUT", "/identity/v1/token", {"Metadata-Flavor": "ibm"}, {})
profile = {"trusted_profile": {"id": os.environ["VPC_IAM_PROFILE_ID"]}}
token("POST", "/identity/v1/iam_tokens", {"Authorization": "Bearer " + identity}, profile)
"""
UPLOAD = """\
import json, os, urllib.request
body = "grant_type=urn:ibm:params:oauth:grant-type:apikey&apikey=" + os.environ["IBM_API_KEY_ID"]
json.load(urllib.request.urlopen(os.environ["IBM_AUTH_ENDPOINT"], body.encode()))["access_token"]
"""

# What blocks call that is not of this package, and what it does in their place.
STAND_INS = {
    "sudo": 'exec "$@"',
    "terraform": 'if [ "$1" = version ]; then echo "Terraform v1.12.1"; else test -n "$IC_IAM_TOKEN"; fi',
    "exporter": 'test -n "$IC_IAM_TOKEN"',
}


class World:
    def __init__(self, programs: pathlib.Path, package: pathlib.Path):
        self.work = pathlib.Path("/tmp/work")
        self.state = BASE / "state"
        self.log = BASE / "log"
        self.processes: list[subprocess.Popen] = []
        mount("tmpfs", BASE.parent, "tmpfs")
        for folder in (BASE, self.state, BASE / "programs"):
            folder.mkdir()
        mount(programs, BASE / "programs", None)
        # The working copy may lie below a folder that is covered.
        self.examples = shutil.copytree(package / "policies/examples", BASE / "examples")
        self.alerts = shutil.copy(package / "docs/alerts.yaml", BASE / "alerts.yaml")
        for place in ("/etc", "/usr/local", "/usr/share", "/var", "/root", "/home"):
            layers = BASE / "layers" / place[1:].replace("/", "-")
            (layers / "upper").mkdir(parents=True)
            (layers / "work").mkdir()
            mount("overlay", place, "overlay", f"lowerdir={place},upperdir={layers}/upper,workdir={layers}/work")
        for place in ("/run", "/tmp"):
            mount("tmpfs", place, "tmpfs")
        run("bash", "-euc", NETWORK)
        self.install()
        self.answer_as_ibm()

    # --- Once ---------------------------------------------------------------------------------------------------------

    def install(self) -> None:
        programs = pathlib.Path("/usr/local/bin")
        for name in ("iam-broker", "iam-brokerd", "ibm-cloud-simulator"):
            (programs / name).unlink(missing_ok=True)
            (programs / name).symlink_to(BASE / "programs" / name)
        documents = pathlib.Path("/usr/share/doc/iam-broker")
        documents.mkdir(parents=True, exist_ok=True)
        shutil.copy(self.alerts, documents / "alerts.yaml")
        pathlib.Path("/etc/prometheus").mkdir(exist_ok=True)
        write("/etc/prometheus/prometheus.yml", PROMETHEUS)
        # A refusal by HTTP is a failure, though blocks do not ask curl for it.
        write("/root/.curlrc", "fail-with-body\n")
        for name in LINKS:
            (programs / name).unlink(missing_ok=True)
            (programs / name).symlink_to("iam-broker")
        for name, script in STAND_INS.items():
            (programs / name).unlink(missing_ok=True)
            (programs / name).write_text(f"#!/bin/sh\n{script}\n")
            (programs / name).chmod(0o755)

    def answer_as_ibm(self) -> None:
        """IBM's hosts are at the other end of the cable, with a certificate that everything here trusts."""
        key, certificate = BASE / "tls.key", BASE / "tls.pem"
        names = ",".join(f"DNS:{host}" for host in HOSTS)
        run(
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-keyout", key, "-out"),
            *(certificate, "-subj", "/CN=blocks", "-addext", f"subjectAltName={names}"),
        )
        roots = pathlib.Path("/etc/ssl/certs/ca-certificates.crt")
        roots.parent.mkdir(parents=True, exist_ok=True)
        with open(roots, "a", encoding="utf-8") as file:
            file.write(certificate.read_text())
        with open("/etc/hosts", "a", encoding="utf-8") as file:
            file.write(f"\n{IBM} {' '.join(HOSTS)}\n")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        self.context = context

    # --- For each page ------------------------------------------------------------------------------------------------

    def begin(self) -> None:
        self.clear()
        for folder in (self.work, self.state, self.log):
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
        for folder in ("policies", "rotation"):
            pathlib.Path("/etc/iam-broker", folder).mkdir(parents=True)
        for folder in (
            *("/etc/report", "/etc/reports/tls", "/run/iam-broker", "/var/lib/iam-broker"),
            "/var/lib/prometheus/node-exporter",
        ):
            pathlib.Path(folder).mkdir(parents=True, exist_ok=True)
        run("useradd", "--system", "--uid", BROKER, "--user-group", "--no-create-home", "iam-broker")
        for folder in ("/etc/report", "/run/iam-broker", "/var/lib/iam-broker"):
            os.chown(folder, BROKER, BROKER)
        write("/etc/iam-broker/config.yaml", CONFIGURATION)
        write("/etc/iam-broker/policies/root.yaml", POLICY)
        write("/etc/iam-broker/policies/root.test.yaml", CASES)
        write("/etc/iam-broker/rotation/reports.yaml", PLAN)
        write("/etc/iam-broker/app.mustache", "token = {{access_token}}\n")
        write("/etc/report/key", "simulator-api-key\n", 0o600)
        os.chown("/etc/report/key", BROKER, BROKER)
        write(self.work / "inventory.py", INVENTORY)
        write(self.work / "upload.py", UPLOAD)
        # The process that pages ask about, while nothing else runs that could take its number.
        write("/proc/sys/kernel/ns_last_pid", "4710")
        self.start("sleep", "infinity")
        if self.processes[-1].pid != 4711:
            raise RuntimeError("no process with the number 4711 could be made")
        self.start("ip", "netns", "exec", "cloud", "ibm-cloud-simulator", "serve", "--listen", "%s:%s" % METADATA)
        self.wait(lambda: connects(METADATA), "the simulator")
        self.serve_ibm()
        self.wait(lambda: connects((IBM, 443)), "the simulator with TLS")
        self.start("iam-brokerd", user=BROKER)
        self.wait(lambda: self.ask("token", "--profile", "reports") is not None, "the daemon")
        write(self.work / "token.txt", self.ask("token", "--profile", "reports") or "", 0o600)

    def clear(self) -> None:
        """As before the broker was installed: no daemon, no user, nothing of it in /etc, /run and /var."""
        self.stop("iam-brokerd")
        for folder in ("/etc/iam-broker", "/run/iam-broker", "/var/lib/iam-broker", "/etc/report"):
            shutil.rmtree(folder, ignore_errors=True)
        subprocess.run(["userdel", "iam-broker"], stderr=subprocess.DEVNULL, check=False)

    def serve_ibm(self) -> None:
        """In a process of its own, at the other end of the cable."""
        if os.fork() == 0:
            with open("/run/netns/cloud", "rb") as cloud:
                enter_network(cloud.fileno())
            accept(socket.create_server((IBM, 443)), self.context)

    def with_stand_ins(self, script: str) -> str:
        """Puts what this world has in the place of what the pages have as an example."""
        for example, find in EXAMPLES.items():
            if example in script:
                script = script.replace(example, find(self))
        return script

    def decision(self) -> str:
        """The ID of a refusal."""
        answer = subprocess.run(
            ["iam-broker", "token", "--profile", "backups"], capture_output=True, text=True, check=False, timeout=60
        )
        found = re.search(r"iam-broker explain ([0-9a-f]+)", answer.stderr)
        if not found:
            raise RuntimeError(f"backups was not refused with an ID: {answer.stderr}")
        return found[1]

    def paused(self) -> str:
        """A plan that has something to be resumed from."""
        self.ask("rotation", "pause", "reports")
        return "rotation resume reports"

    def firewalled(self) -> str:
        """The doctor finds nothing where everything was done that the pages say."""
        self.ask("firewall", "apply")
        return "iam-broker doctor"

    def head(self) -> str:
        """The head of the audit log."""
        found = re.search(r"^head +(\S+)", self.ask("audit", "verify") or "", re.MULTILINE)
        if not found:
            raise RuntimeError("the audit log has no head")
        return found[1]

    def end(self) -> None:
        """Everything in this PID namespace but this process is of the page."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(-1, signal.SIGKILL)
        for process in self.processes:
            process.wait()
        self.processes = []
        with contextlib.suppress(ChildProcessError):
            while True:
                os.wait()
        subprocess.run(["nft", "flush", "ruleset"], check=False)

    def stop(self, program: str) -> None:
        for process in self.processes:
            if process.args[0] == program:
                process.terminate()
                process.wait()
        self.processes = [process for process in self.processes if process.returncode is None]

    def start(self, *command: str, user: int = 0) -> None:
        log = open(self.log / command[0], "ab")
        self.processes.append(
            subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                user=user,
                group=user,
                extra_groups=[],
            )
        )
        log.close()

    def wait(self, condition, what: str) -> None:
        end = time.monotonic() + 120
        while not condition():
            if time.monotonic() > end or any(process.poll() is not None for process in self.processes):
                texts = "\n".join(file.read_text(errors="replace")[-2000:] for file in sorted(self.log.iterdir()))
                raise RuntimeError(f"{what} does not answer\n{texts}")
            time.sleep(0.05)

    def ask(self, *arguments: str) -> str | None:
        answer = subprocess.run(["iam-broker", *arguments], capture_output=True, text=True, check=False, timeout=60)
        return answer.stdout if answer.returncode == 0 else None


# What pages have as an example, and how this world's is found.
EXAMPLES = {
    "96fbc0b0f51643ba": World.decision,
    "2431:5e884898da28047151d0e56f8dc6292773603d0d6aabbd62a11ef721d1542d8d": World.head,
    "rotation resume reports": World.paused,
    "iam-broker doctor": World.firewalled,
}


def accept(listener: socket.socket, context: ssl.SSLContext) -> None:
    while True:
        client, _ = listener.accept()
        threading.Thread(target=serve, args=(client, context), daemon=True).start()


def serve(client: socket.socket, context: ssl.SSLContext) -> None:
    """Takes TLS off a connection to one of IBM's hosts."""
    with contextlib.suppress(OSError), client:
        with context.wrap_socket(client, server_side=True) as plain, socket.create_connection(METADATA) as upstream:
            back = threading.Thread(target=copy, args=(upstream, plain), daemon=True)
            back.start()
            copy(plain, upstream)
            back.join()


def copy(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    with contextlib.suppress(OSError):
        target.shutdown(socket.SHUT_RDWR)


def connects(place: str | tuple[str, int]) -> bool:
    """Whether somebody listens at a port of this machine, the path of a Unix socket, or an address."""
    if isinstance(place, str) and place.isdigit():
        place = ("127.0.0.1", int(place))
    family = socket.AF_UNIX if isinstance(place, str) else socket.AF_INET
    with socket.socket(family) as client:
        client.settimeout(5)
        try:
            client.connect(place)
        except OSError:
            return False
    return True


def write(path: str | pathlib.Path, text: str, mode: int = 0o644) -> None:
    file = pathlib.Path(path)
    file.write_text(text, encoding="utf-8")
    if not str(path).startswith("/proc/"):
        file.chmod(mode)


def run(*command) -> None:
    done = subprocess.run([str(word) for word in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    if done.returncode:
        raise RuntimeError(f"{command[0]}: {done.stdout.decode(errors='replace')}")


def enter_network(namespace: int) -> None:
    network = 0x4000_0000  # CLONE_NEWNET
    if ctypes.CDLL(None, use_errno=True).setns(namespace, network):
        raise OSError(ctypes.get_errno(), "the network namespace cannot be entered")


def mount(source, target, kind: str | None, options: str = "") -> None:
    """Mounts a file system of this kind; without a kind, binds the folder."""
    binding = 4096
    library = ctypes.CDLL(None, use_errno=True)
    words = [str(source), str(target), kind or "", options]
    source_, target_, kind_, options_ = (word.encode() for word in words)
    if library.mount(source_, target_, kind_, 0 if kind else binding, options_):
        code = ctypes.get_errno()
        raise OSError(code, f"mount {source} at {target}: {os.strerror(code)}")
