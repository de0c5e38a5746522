"""Writes an image of the daemon as an OCI image layout (image-spec 1.1).

oci.py ROOT LAYOUT VERSION

ROOT is what the image holds. There is no shell, no package manager and no user but root in it: who runs it says as whom.
"""

import gzip
import hashlib
import io
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tarfile
import datetime


def main() -> None:
    root, layout, version = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), sys.argv[3]
    moment = int(os.environ["SOURCE_DATE_EPOCH"])
    created = datetime.datetime.fromtimestamp(moment, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    architecture = subprocess.run(
        ["dpkg", "--print-architecture"], check=True, capture_output=True, text=True
    ).stdout.strip()

    shutil.rmtree(layout, ignore_errors=True)
    blobs = layout / "blobs/sha256"
    blobs.mkdir(parents=True)

    def add(content: bytes, kind: str, **more: object) -> dict:
        digest = hashlib.sha256(content).hexdigest()
        (blobs / digest).write_bytes(content)
        return {"mediaType": f"application/vnd.oci.image.{kind}", "digest": f"sha256:{digest}", "size": len(content), **more}

    def document(value: dict) -> bytes:
        return json.dumps(value, separators=(",", ":"), sort_keys=True).encode()

    plain = archive(root, moment)
    # No time and no name in the head of the compressed file either.
    packed = gzip.compress(plain, compresslevel=9, mtime=0)
    layer = add(packed, "layer.v1.tar+gzip")
    labels = {
        "org.opencontainers.image.title": "iam-brokerd",
        "org.opencontainers.image.description": "Broker of IBM Cloud IAM tokens",
        "org.opencontainers.image.licenses": "Apache-2.0",
        "org.opencontainers.image.version": version,
    }
    config = add(
        document({
            "created": created,
            "architecture": architecture,
            "os": "linux",
            "config": {
                "User": "869:869",
                "Env": ["PATH=/usr/bin", "SWIFT_BACKTRACE=enable=no", "LIBDISPATCH_LOG=NO"],
                "Entrypoint": ["/usr/bin/iam-brokerd"],
                "Volumes": {"/run/iam-broker": {}, "/var/lib/iam-broker": {}},
                "StopSignal": "SIGTERM",
                "Labels": labels,
            },
            "rootfs": {"type": "layers", "diff_ids": [f"sha256:{hashlib.sha256(plain).hexdigest()}"]},
            "history": [{"created": created, "created_by": "make oci"}],
        }),
        "config.v1+json",
    )
    manifest = add(
        document({
            "schemaVersion": 2,
            "mediaType": "application/vnd.oci.image.manifest.v1+json",
            "config": config,
            "layers": [layer],
            "annotations": labels,
        }),
        "manifest.v1+json",
        platform={"architecture": architecture, "os": "linux"},
        annotations={"org.opencontainers.image.ref.name": version},
    )
    (layout / "oci-layout").write_bytes(document({"imageLayoutVersion": "1.0.0"}))
    (layout / "index.json").write_bytes(
        document({
            "schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json", "manifests": [manifest]
        })
    )


def archive(root: pathlib.Path, moment: int) -> bytes:
    """All files by name, of one time, and of root; but the broker's own folders are the broker's."""
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w", format=tarfile.GNU_FORMAT) as tar:
        for path in sorted(root.rglob("*")):
            name = str(path.relative_to(root))
            entry = tar.gettarinfo(path, arcname=name)
            owner = 869 if name in ("run/iam-broker", "var/lib/iam-broker") else 0
            entry.uid = entry.gid = owner
            entry.uname = entry.gname = ""
            entry.mtime = moment
            if entry.isreg():
                with path.open("rb") as file:
                    tar.addfile(entry, file)
            else:
                tar.addfile(entry)
    return content.getvalue()


main()
