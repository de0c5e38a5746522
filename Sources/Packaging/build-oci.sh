#!/usr/bin/env bash
# Makes an image of what 'make release' built: the two programs, the libraries of Debian that they load, and certificates.
#
#   build-oci.sh RELEASE OUTPUT     OUTPUT: gets the image layout 'iam-broker.oci' and its bill of materials
set -euo pipefail

release=$(realpath "$1")
repository=$(realpath "$(dirname "$0")/../..")
mkdir -p "$2"
output=$(realpath "$2")
packaging=$repository/Sources/Packaging
umask 022
export LC_ALL=C.UTF-8 TZ=UTC
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git -C "$repository" log -1 --format=%ct)}
export SOURCE_DATE_EPOCH

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
root=$work/root
install -d "$root"/{etc/iam-broker/policies,etc/ssl/certs,usr/bin,usr/lib,usr/share/doc/iam-broker,var/lib,tmp}
install -d -m 0755 "$root/run/iam-broker"
install -d -m 0700 "$root/var/lib/iam-broker"
chmod 1777 "$root/tmp"
# As in Debian, the old folders are names of the new ones.
for folder in bin lib lib64; do ln -s "usr/$folder" "$root/$folder"; done
install -d "$root/usr/lib64"

for program in iam-broker iam-brokerd; do
    install -m 0755 "$release/$program" "$root/usr/bin/$program"
    strip --strip-unneeded "$root/usr/bin/$program"
done
# Libraries, the loader, and what getaddrinfo(3) and getgrnam(3) load by themselves.
{
    ldd "$release/iam-broker" "$release/iam-brokerd" | grep -oE '/[^ ]+ \(0x' | cut -d' ' -f1
    ldconfig -p | awk '/libnss_(files|dns)\.so\.2|libresolv\.so\.2/ { print $NF }'
} | sort -u | while read -r library; do
    folder=$(realpath "$(dirname "$library")")
    install -D -m 0755 "$(realpath "$library")" "$root$folder/$(basename "$library")"
done
install -m 0644 /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/"
install -m 0644 "$packaging/etc/config.yaml" "$root/etc/iam-broker/config.yaml"
printf 'root:x:0:0:root:/:/usr/sbin/nologin\niam-broker:x:869:869::/:/usr/sbin/nologin\n' >"$root/etc/passwd"
printf 'root:x:0:\niam-broker:x:869:\n' >"$root/etc/group"
printf 'passwd: files\ngroup: files\nhosts: files dns\n' >"$root/etc/nsswitch.conf"
python3 "$packaging/notices.py" "$repository" "$release" iam-broker iam-brokerd \
    >"$root/usr/share/doc/iam-broker/third-party-notices"
install -m 0644 "$repository/LICENSE" "$root/usr/share/doc/iam-broker/LICENSE"
python3 "$packaging/sbom.py" "$repository" "$release" iam-broker iam-brokerd >"$output/iam-broker.oci.cdx.json"
find "$root" -type f -perm /022 -exec chmod go-w {} +

python3 "$packaging/oci.py" "$root" "$output/iam-broker.oci" "$("$release/iam-brokerd" --version)"
sha256sum "$output/iam-broker.oci/index.json"
