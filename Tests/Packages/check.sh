#!/usr/bin/env bash
# Looks at packages, bills of materials and image without installing them.
#
#   check.sh PACKAGES PYTHON     PYTHON: one that has cyclonedx-python-lib
set -euo pipefail

packages=$(realpath "$1")
python=$2
for program in lintian skopeo dpkg-deb; do
    command -v "$program" >/dev/null || { echo "check.sh: $program is missing" >&2; exit 1; }
done
compgen -G "$packages/*.changes" >/dev/null || { echo "check.sh: nothing in $packages: make deb" >&2; exit 1; }

echo "# lintian --show-overrides"
# Errors and warnings are looked for in what it prints: with --show-overrides, --fail-on counts what is overridden, too.
complaints=$(lintian --allow-root --fail-on none --show-overrides "$packages"/*.changes)
echo "$complaints"
if grep -q '^[EW]: ' <<<"$complaints"; then echo "check.sh: lintian has errors or warnings" >&2; exit 1; fi

echo "# CycloneDX schema"
for bill in "$packages"/*.cdx.json; do
    "$python" - "$bill" <<'END'
import json, pathlib, sys
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

text = pathlib.Path(sys.argv[1]).read_text()
fault = JsonStrictValidator(SchemaVersion.V1_5).validate_str(text)
if fault is not None:
    sys.exit(f"{sys.argv[1]}: {fault}")
names = [component["name"] for component in json.loads(text)["components"]]
for needed in ("swift-nio", "swift-runtime", "libssl3"):
    if needed not in names:
        sys.exit(f"{sys.argv[1]}: {needed} is missing")
print(f"{pathlib.Path(sys.argv[1]).name}: valid, {len(names)} components")
END
done

echo "# skopeo inspect oci:iam-broker.oci"
[[ -d $packages/iam-broker.oci ]] || { echo "check.sh: no image: make oci" >&2; exit 1; }
skopeo inspect "oci:$packages/iam-broker.oci" | "$python" -c '
import json, sys
image = json.load(sys.stdin)
print(image["Os"], image["Architecture"], image["Created"], image["Labels"]["org.opencontainers.image.version"], len(image["Layers"]), "layer")'
