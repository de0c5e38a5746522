#!/usr/bin/env bash
# Packs what 'make release' built into .deb files whose bytes do not depend on when and where.
#
#   build-deb.sh RELEASE OUTPUT     RELEASE: the folder with the programs; OUTPUT: gets the packages and their SBOM
set -euo pipefail

release=$(realpath "$1")
repository=$(realpath "$(dirname "$0")/../..")
mkdir -p "$2"
output=$(realpath "$2")
packaging=$repository/Sources/Packaging

# Everything that depends on time, place or person is fixed: the time is that of the last commit.
umask 022
export LC_ALL=C.UTF-8 TZ=UTC
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git -C "$repository" log -1 --format=%ct)}
export SOURCE_DATE_EPOCH

# A package whose number is not that of the program would be a lie.
version=$(dpkg-parsechangelog --file "$packaging/debian/changelog" --show-field Version)
built=$("$release/iam-brokerd" --version)
if [[ $version != "$built" ]]; then
    echo "build-deb.sh: the package would be $version and the program is $built: correct Sources/Packaging/debian/changelog" >&2
    exit 1
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
source=$work/iam-broker-$version
mkdir -p "$source/examples"
cp -r "$packaging/debian" "$packaging/etc" "$source/"
cp -r "$repository/docs" "$repository/README.md" "$source/"
mkdir "$source/systemd"
cp "$packaging"/systemd/*.{service,socket} "$source/systemd/"
cp -r "$packaging/systemd/examples" "$source/examples/systemd"
cp -r "$packaging/kubernetes" "$source/examples/kubernetes"
cp -r "$repository/policies/examples" "$source/examples/policies"
python3 "$packaging/notices.py" "$repository" "$release" iam-broker iam-brokerd >"$source/third-party-notices"
python3 "$packaging/sbom.py" "$repository" "$release" iam-broker iam-brokerd >"$source/sbom.cdx.json"

(
    cd "$source"
    # Build paths and the environment of who builds stay out of the packages.
    export REPOSITORY=$repository RELEASE=$release
    dpkg-buildpackage --build=binary --unsigned-changes --unsigned-buildinfo --no-check-builddeps >"$work/log" 2>&1 || {
        cat "$work/log" >&2
        exit 1
    }
)
rm -f "$output"/*.deb "$output"/*.changes "$output"/*.buildinfo
cp "$work"/*.deb "$work"/*.changes "$work"/*.buildinfo "$output/"
cp "$source/sbom.cdx.json" "$output/iam-broker.cdx.json"
(cd "$output" && sha256sum ./*.deb)
