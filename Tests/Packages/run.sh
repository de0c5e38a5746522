#!/usr/bin/env bash
# Installs the packages in a small Debian of their own, boots it, uses them, upgrades them, and removes them again.
#
#   run.sh PACKAGES     the folder with the .deb files that 'make deb' built
#
# It needs root, debootstrap, systemd-nspawn and Debian's mirror; without one of them it fails. The Debian is made once and kept
# in .build/package-test. The machine that boots has no network but its own loopback: the simulator is its cloud.
set -euo pipefail

packages=$(realpath "$1")
here=$(realpath "$(dirname "$0")")
cache=$(realpath "$here/../..")/.build/package-test

fail() {
    echo "run.sh: $*" >&2
    exit 1
}
[[ $(id -u) == 0 ]] || fail "it makes a system of its own and boots it, which needs root"
for program in debootstrap systemd-nspawn apt-get; do
    command -v "$program" >/dev/null || fail "$program is missing: apt-get install debootstrap systemd-container"
done
# systemd in the new machine keeps its units in control groups.
[[ -d /sys/fs/cgroup/systemd || -f /sys/fs/cgroup/cgroup.controllers ]] || fail "no control groups at /sys/fs/cgroup"
compgen -G "$packages/iam-broker_*.deb" >/dev/null || fail "no package in $packages: make deb"

# The mirror that this machine takes its own packages from.
mirror=$(apt-get indextargets --format '$(CODENAME) $(COMPONENT) $(REPO_URI)' 'Created-By: Packages' |
    awk '$1 == "bookworm" && $2 == "main" { print $3; exit }')
[[ -n $mirror ]] || fail "apt of this machine has no mirror of bookworm"

mkdir -p "$cache"
if [[ ! -e $cache/root/complete ]]; then
    rm -rf "$cache/root"
    # Not minbase alone: what a machine with systemd has, and curl to ask with.
    debootstrap --variant=minbase --include=systemd,systemd-sysv,dbus,util-linux,iproute2,curl,ca-certificates,nftables \
        bookworm "$cache/root" "$mirror" >"$cache/debootstrap.log" 2>&1 || fail "debootstrap failed: see $cache/debootstrap.log"
    touch "$cache/root/complete"
fi

machine=$(mktemp -d "$cache/machine.XXXXXX")
cleanup() { rm -rf --one-file-system "$machine"; }
trap cleanup EXIT
cp -a --reflink=auto "$cache/root/." "$machine/"
# Machines that are the same are told apart by this.
: >"$machine/etc/machine-id"
mkdir "$machine/proof"
cp "$packages"/*.deb "$here/guest.sh" "$machine/proof/"

nspawn() { systemd-nspawn --quiet --register=no --keep-unit --directory="$machine" "$@" </dev/null; }

echo "# apt install ./iam-broker_*.deb ./ibm-cloud-simulator_*.deb"
nspawn --setenv=DEBIAN_FRONTEND=noninteractive --chdir=/proof sh -c '
    apt-get update -qq && apt-get install -y --no-install-recommends ./*.deb' >"$cache/install.log" 2>&1 || {
    cat "$cache/install.log" >&2
    fail "the packages cannot be installed"
}
grep -E '^(Setting up|The following|  )' "$cache/install.log"

cat >"$machine/etc/systemd/system/proof.service" <<'END'
[Unit]
After=multi-user.target dbus.service
[Service]
Type=oneshot
ExecStart=/bin/bash /proof/guest.sh
StandardOutput=file:/proof/output
StandardError=file:/proof/output
ExecStopPost=/bin/systemctl --no-block poweroff
[Install]
WantedBy=default.target
END
mkdir -p "$machine/etc/systemd/system/default.target.wants"
ln -s ../proof.service "$machine/etc/systemd/system/default.target.wants/proof.service"

timeout 600 systemd-nspawn --quiet --register=no --keep-unit --private-network --directory="$machine" --boot \
    >"$cache/boot.log" 2>&1 </dev/null || { tail -n 30 "$cache/boot.log"; cat "$machine/proof/output"; fail "the machine did not boot or end"; }
cat "$machine/proof/output" || fail "the machine left no output: see $cache/boot.log"
[[ -e $machine/proof/passed ]] || fail "the proof failed; the machine's console is in $cache/boot.log"
