#!/usr/bin/env bash
# Runs in the new machine: see run.sh. Shows what it does, and ends with an error when something is not as it should be.
set -euo pipefail
export LC_ALL=C.UTF-8 PATH=/usr/sbin:/usr/bin:/sbin:/bin
cd /proof

step() { printf '\n== %s\n' "$1"; }
# Shows a command, and runs it.
show() {
    printf '# %s\n' "$*"
    "$@" 2>&1
}
# Runs a command that must end with the given code.
expect() {
    local wanted=$1 code=0
    shift
    printf '# %s\n' "$*"
    "$@" 2>&1 || code=$?
    [[ $code == "$wanted" ]] || { echo "FAILED: exit code $code and not $wanted"; exit 1; }
}
fail() {
    echo "FAILED: $*"
    journalctl --no-pager -n 40 -u 'iam-broker*'
    exit 1
}
# Waits for a condition.
await() {
    local deadline=$((SECONDS + 60))
    until "$@" >/dev/null 2>&1; do
        ((SECONDS < deadline)) || fail "not within 60 s: $*"
        sleep 0.05
    done
}
as() { setpriv --reuid "$1" --regid "$1" --clear-groups "${@:2}"; }
# The HTTP code with which the socket answers a user. The token is for nobody's eyes.
ask() { as "$1" curl -s -o /dev/null -w '%{http_code}\n' --unix-socket /run/iam-broker/workload.sock "http://localhost/v1/token?profile=$2"; }
asked() {
    printf '# (as %s) curl --unix-socket /run/iam-broker/workload.sock http://localhost/v1/token?profile=%s\n' "$1" "$2"
    local code
    code=$(ask "$1" "$2") || true
    echo "HTTP $code"
    [[ $code == "$3" ]] || fail "$1 got $code and not $3"
}
main_pid() { systemctl show --property=MainPID --value iam-brokerd; }

step "what the installation did"
show getent passwd iam-broker
show getent group iam-broker
show stat --format '%A %U:%G %n' /etc/iam-broker /etc/iam-broker/config.yaml /etc/iam-broker/policies /run/iam-broker /usr/bin/iam-broker /usr/bin/iam-brokerd
for unit in iam-brokerd.service iam-brokerd-{workload,admin,metadata,credentials}.socket iam-broker-firewall.service; do
    state=$(systemctl is-enabled "$unit" || true)
    active=$(systemctl is-active "$unit" || true)
    echo "$unit: $state, $active"
    [[ $state == disabled && $active == inactive ]] || fail "$unit is $state and $active before anybody asked for it"
done
expect 0 iam-broker check

step "the cloud: a simulator on loopback"
systemd-run --quiet --unit=cloud /usr/bin/ibm-cloud-simulator serve --port 8170
await curl -s http://127.0.0.1:8170/simulator
useradd --system --user-group reporter
useradd --system --user-group stranger
cat >>/etc/iam-broker/config.yaml <<'END'
metadata: { url: "http://127.0.0.1:8170" }
iam: { url: "http://127.0.0.1:8170" }
END
sed -i 's/^  default: .*/  reports: { id: Profile-5f2d1c3a-8b4e-4d7f-9a6c-0e1b2d3f4a5b, prefetch: true }/' /etc/iam-broker/config.yaml
cat >/etc/iam-broker/policies/reports.yaml <<'END'
version: 1
grants:
  - { name: reporter, profiles: [reports], workloads: [{ user: reporter }] }
END
expect 0 iam-broker check

step "first token"
before=$(date +%s%N)
expect 0 systemctl enable --now iam-brokerd
echo "ready after $((($(date +%s%N) - before) / 1000000)) ms: $(systemctl show --property=StatusText --value iam-brokerd)"
asked reporter reports 200
asked stranger reports 403
expect 77 as stranger iam-broker token --profile reports
expect 0 iam-broker status
pid=$(main_pid)
grep -E '^(Uid|Cap(Inh|Prm|Eff|Bnd|Amb)|NoNewPrivs|Seccomp):' "/proc/$pid/status"
[[ $(awk '/^Cap(Inh|Prm|Eff|Bnd|Amb)/ { print $2 }' "/proc/$pid/status" | sort -u) == 0000000000000000 ]] || fail "the daemon has capabilities"
grep -E 'core file|open files|locked' "/proc/$pid/limits"
systemd-analyze security --no-pager iam-brokerd | tail -n 1

step "a systemd unit, without any capability"
cat >/etc/iam-broker/policies/unit.yaml <<'END'
version: 1
grants:
  - { name: job, profiles: [reports], workloads: [{ user: stranger, unit: job.service }] }
END
expect 0 systemctl reload iam-brokerd
second() { iam-broker status | grep -q '^policy: 2 '; }
await second
job() { systemd-run --quiet --wait --pipe --unit=job --uid=stranger /usr/bin/iam-broker token --profile reports | wc -c; }
(($(job) > 500)) || fail "job.service got no token"
echo "job.service got a token, and its user elsewhere:"
asked stranger reports 403

step "what 'executable' and 'sha256' need"
cp /usr/bin/curl /usr/local/bin/asker
digest=$(sha256sum /usr/local/bin/asker | cut -d' ' -f1)
selector() { # what, selector
    cat >/etc/iam-broker/policies/unit.yaml <<END
version: 1
grants:
  - { name: program, profiles: [reports], workloads: [{ user: stranger, $2 }] }
END
    systemctl restart iam-brokerd
    code=$(as stranger /usr/local/bin/asker -s -o /dev/null -w '%{http_code}' --unix-socket /run/iam-broker/workload.sock \
        'http://localhost/v1/token?profile=reports') || true
    echo "$1: HTTP $code"
    [[ $code == "$3" ]] || fail "$code and not $3"
}
dropins=/etc/systemd/system/iam-brokerd.service.d
examples=/usr/share/doc/iam-broker/examples/systemd
drop_in() {
    install -D -m 0644 "$examples/$1" "$dropins/$1"
    systemctl daemon-reload
}
selector "executable, no capability" "executable: /usr/local/bin/asker" 403
drop_in executable.conf
selector "executable, CAP_SYS_PTRACE" "executable: /usr/local/bin/asker" 200
selector "sha256 of a readable program, CAP_SYS_PTRACE" "sha256: $digest" 200
chmod 0700 /usr/local/bin/asker && chown stranger /usr/local/bin/asker
selector "sha256 of an unreadable program, CAP_SYS_PTRACE" "sha256: $digest" 403
drop_in unreadable-programs.conf
selector "sha256 of an unreadable program, CAP_DAC_READ_SEARCH beside it" "sha256: $digest" 200
pid=$(main_pid)
grep -E '^Cap(Eff|Bnd|Amb):' "/proc/$pid/status"
rm -r "$dropins" /etc/iam-broker/policies/unit.yaml
systemctl daemon-reload
systemctl restart iam-brokerd

step "files of another group and of another owner"
install -d -m 0755 -o iam-broker -g iam-broker /run/reports
groupadd --system reports && usermod --append --groups reports reporter
sink() { # what, lines, expected 'owner:group mode'
    systemctl stop iam-brokerd
    rm -f /run/reports/token
    sed -i '/^sinks:/,$d' /etc/iam-broker/config.yaml
    cat >>/etc/iam-broker/config.yaml <<END
sinks:
  app: { profile: reports, path: /run/reports/token, $2 }
END
    cat >/etc/iam-broker/policies/sink.yaml <<'END'
version: 1
grants:
  - { name: file, profiles: [reports], sinks: [app] }
END
    systemctl start iam-brokerd
    await eval '[[ -e /run/reports/token ]] || journalctl --unit iam-brokerd --since -60s | grep -q "Sink is not as it should be"'
    # Another daemon finds it, keeps it or replaces it.
    local since
    since=$(date '+%F %T')
    sleep 1
    systemctl restart iam-brokerd
    await eval 'iam-broker status | grep -q "^app  *written"'
    local state
    state=$(stat --format '%U:%G %a' /run/reports/token 2>/dev/null) || state='not written'
    echo "$1: $state"
    iam-broker status | sed -n '/^SINK/,$p'
    ! journalctl --unit iam-brokerd --since "$since" | grep "Sink is not as it should be" || fail "it cannot be looked at again"
    # shellcheck disable=SC2053  # a pattern
    [[ $state == $3 ]] || fail "$state and not $3"
}
drop_in file-group.conf
sink "a group, file-group.conf" 'group: reports, mode: "0640"' 'iam-broker:reports 640'
rm -r "$dropins"
drop_in file-owner.conf
sink "an owner, file-owner.conf" 'owner: reporter' 'reporter:* 600'
rm -r "$dropins" /etc/iam-broker/policies/sink.yaml /run/reports
sed -i '/^sinks:/,$d' /etc/iam-broker/config.yaml
systemctl daemon-reload
systemctl restart iam-brokerd

step "restart and upgrade, while somebody asks"
# A client that asks without a pause and counts.
client() {
    as reporter bash -c '
        good=0 bad=0
        while [[ ! -e /proof/stop ]]; do
            code=$(curl -s -o /dev/null -w "%{http_code}" --unix-socket /run/iam-broker/workload.sock "http://localhost/v1/token?profile=reports") || true
            if [[ $code == 200 ]]; then good=$((good + 1)); else bad=$((bad + 1)); echo "got $code"; fi
        done
        echo "$good answers, $bad failures"' >/run/client.log 2>&1
}
rm -f /proof/stop
client &
asking=$!
expect 0 systemctl restart iam-brokerd
expect 0 apt-get -o Dpkg::Use-Pty=0 install -qq -y --reinstall --no-install-recommends "./$(basename /proof/iam-broker_*.deb)"
asked reporter reports 200
touch /proof/stop
wait "$asking"
cat /run/client.log
grep -q ', 0 failures$' /run/client.log || fail "somebody was refused"
grep -q 'reports: { id:' /etc/iam-broker/config.yaml || fail "the upgrade changed the configuration"

step "the wall, and its end"
ip route add 169.254.169.254/32 dev lo
expect 0 iam-broker firewall apply --reject
expect 0 nft list tables

step "remove"
expect 0 apt-get -o Dpkg::Use-Pty=0 remove -qq -y iam-broker
systemctl list-units --no-legend --all 'iam-brokerd*' | grep -v not-found || true
! systemctl is-active --quiet iam-brokerd iam-brokerd-workload.socket || fail "units still run"
[[ ! -e /run/iam-broker/workload.sock ]] || fail "a socket is left"
show ls /etc/iam-broker /var/lib/iam-broker

step "purge"
expect 0 apt-get -o Dpkg::Use-Pty=0 purge -qq -y iam-broker
echo "tables of nft: $(nft list tables | wc -l)"
[[ -z $(nft list tables) ]] || fail "the wall is left, and nobody behind it"
echo "what is left:"
find / -xdev \( -path /proof -o -path /proc -o -path /sys -o -path /dev \) -prune -o \
    \( -name '*iam-broker*' -o -user iam-broker -o -group iam-broker -o -path '/etc/iam-broker*' \) -print | sort
getent passwd iam-broker
[[ ! -e /var/lib/iam-broker && ! -e /run/iam-broker && ! -e /usr/bin/iam-broker ]] || fail "more than that"

touch /proof/passed
echo
echo "passed"
