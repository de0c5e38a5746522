#!/usr/bin/env bash
# Runs a broker against the simulator in whose environment this is started.
#
#   ibm-cloud-simulator run -- docs/demo/walkthrough.sh BINARIES demo|serve|bench
#
# demo   shows the main job step by step, and ends
# serve  leaves everything running until it is interrupted
# bench  measures the broker beside nginx, openssl, curl, aws and the Python SDK
set -euo pipefail

binaries=$(cd "$1" && pwd)
mode=$2
simulator=${IBM_CLOUD_SIMULATOR_URL:?start this with: ibm-cloud-simulator run -- $0 BINARIES demo}
folder=$(mktemp -d)
chmod 755 "$folder"
daemon=
pids=()
cleanup() {
    for pid in $daemon "${pids[@]}"; do kill "$pid" 2>/dev/null && wait "$pid" || true; done
    rm -rf "$folder"
}
trap cleanup EXIT

export IAM_BROKER_SOCKET=$folder/workload.sock IAM_BROKER_ADMIN_SOCKET=$folder/admin.sock
iam_broker=$binaries/iam-broker

# --- What is shown -----------------------------------------------------------------------------------------------------

if [[ -t 1 ]]; then bold=$'\e[1m' dim=$'\e[2m' plain=$'\e[0m'; else bold='' dim='' plain=''; fi
step=0
say() {
    step=$((step + 1))
    printf '\n%s%d. %s%s\n' "$bold" "$step" "$1" "$plain"
}
explain() { printf '%s   %s%s\n' "$dim" "$1" "$plain"; }
indent() { sed 's/^/     /'; }
# Shows a command as a person would type it, and runs it.
show() {
    printf '   $ iam-broker %s\n' "$*"
    "$iam_broker" "$@" 2>&1 | indent
}
# Like show, for a command that must end with the given exit code.
expect() {
    local wanted=$1 code=0
    shift
    printf '   $ iam-broker %s\n' "$*"
    "$iam_broker" "$@" >"$folder/output" 2>&1 || code=$?
    indent <"$folder/output"
    printf '     exit code %s\n' "$code"
    [[ $code == "$wanted" ]] || {
        echo "expected exit code $wanted" >&2
        exit 1
    }
}

# Runs a program as a user, by number.
as_user() {
    local user=$1
    shift
    if [[ $user == "$(id -u)" ]]; then "$@"; else setpriv --reuid "$user" --regid "$user" --clear-groups "$@"; fi
}
# Has a program of a user ask for backups, which must be refused, and explains the refusal.
refused() {
    local code=0
    as_user "$1" "$2" token --profile backups >"$folder/output" 2>&1 || code=$?
    indent <"$folder/output"
    [[ $code == 77 ]] || {
        echo "expected exit code 77, not $code" >&2
        exit 1
    }
    show explain "$(sed -n 's/.*iam-broker explain \([0-9a-f]*\).*/\1/p' "$folder/output")"
}
# The granted program is refused while an operator's lock is on.
refused_by_lock() {
    local code=0
    as_user "$workload_user" "$folder/report" token --profile backups >"$folder/output" 2>&1 || code=$?
    indent <"$folder/output"
    [[ $code == 77 ]]
}

# A request to the simulator; the shell itself is client enough. http METHOD PATH [BODY [HEADER]]
http() {
    local authority=${simulator#http://} body=${3:-}
    exec 3<>"/dev/tcp/${authority%:*}/${authority#*:}"
    printf '%s %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\nContent-Length: %s\r\n%s\r\n%s' \
        "$1" "$2" "$authority" "${#body}" "${4:+$4$'\r\n'}" "$body" >&3
    sed '1,/^\r$/d' <&3
    exec 3>&-
}

# Uses the key in a file as a program would, without pause, until the file "enough" is there; counts in "uses" and "failures".
use_key() {
    local uses=0 failures=0 body
    until [[ -e $folder/enough ]]; do
        body="grant_type=urn:ibm:params:oauth:grant-type:apikey&apikey=$(<"$1")"
        uses=$((uses + 1))
        http POST /identity/token "$body" 'Content-Type: application/x-www-form-urlencoded' | grep -q '"access_token"' \
            || failures=$((failures + 1))
        printf '%s uses of the key in the file, %s failed\n' "$uses" "$failures" >"$folder/uses.new"
        mv "$folder/uses.new" "$folder/uses"
        sleep 0.05
    done
}
# The API keys that the simulator has.
live_keys() {
    http GET /simulator/api-keys | grep -oE '"(name|usable)" *: *("[^"]*"|true|false)' | paste - - | indent
}
# Waits until a command prints a line that fits. until_said PATTERN COMMAND…
until_said() {
    local pattern=$1
    shift
    for _ in {1..400}; do
        if "$@" 2>/dev/null | grep -q "$pattern"; then return; fi
        sleep 0.05
    done
    echo "'$*' never said '$pattern'" >&2
    exit 1
}

# --- Configuration and policy -----------------------------------------------------------------------------------------

mkdir "$folder/policies"
cat >"$folder/config.yaml" <<YAML
metadata: { url: "$simulator" }
iam: { url: "$simulator" }
profiles:
  reports: { id: Profile-5f2d1c3a-8b4e-4d7f-9a6c-0e1b2d3f4a5b, prefetch: true }
  backups: { name: backups }
policies: $folder/policies
state: $folder/state
listen: { workload: $folder/workload.sock, admin: $folder/admin.sock }
YAML
# The program of the demo runs under a user of its own where that is possible.
workload_user=$(id -u)
if [[ $workload_user == 0 ]] && command -v setpriv >/dev/null; then workload_user=65534; fi
cat >"$folder/policies/demo.yaml" <<YAML
version: 1
grants:
  - name: reports-of-this-user
    profiles: [reports]
    workloads: [{ uid: $(id -u) }]
  - name: report-program
    profiles: [backups]
    workloads: [{ uid: $workload_user, executable: $folder/report }]
YAML

# A key that is rotated: the one of the simulator's service ID, which a program reads from a file.
if [[ $mode != bench ]]; then
    mkdir "$folder/rotation" "$folder/keys"
    echo "rotation: $folder/rotation" >>"$folder/config.yaml"
    cat >"$folder/rotation/report.yaml" <<YAML
version: 1
name: report
profile: reports
target:
  iam-api-key:
    service_id: ServiceId-9d8c7b6a-5f4e-4d3c-8b2a-1f0e9d8c7b6a
    replaces: ApiKey-9d8c7b6a-5f4e-4d3c-8b2a-1f0e9d8c7b6a
schedule: { cron: "30 2 * * sun", zone: Europe/Berlin, max_age: 90d }
publish: [{ file: { path: $folder/keys/report } }]
overlap: 4s
idle: none
disabled: 2s
YAML
    cat >"$folder/policies/rotation.yaml" <<YAML
version: 1
grants:
  - { name: rotations, profiles: [reports], rotations: [report] }
YAML
    (umask 077 && echo simulator-api-key >"$folder/keys/report")
fi

start_daemon() {
    "$@" "$binaries/iam-brokerd" --config "$folder/config.yaml" --log-level "$log_level" >"$folder/daemon.log" 2>&1 &
    daemon=$!
    for _ in {1..100}; do
        if "$iam_broker" status 2>/dev/null | grep -q fresh; then return; fi
        sleep 0.1
    done
    cat "$folder/daemon.log" >&2
    exit 1
}

log_level=info
case $mode in
demo)
    printf '%siam-broker demo%s: simulator at %s, everything else in %s\n' "$bold" "$plain" "$simulator" "$folder"

    say "An instance asks its metadata service who it is"
    explain "PUT /identity/v1/token: every process on an instance can do this, which is the problem."
    # Tokens are for their owner's eyes only.
    umask 077
    http PUT '/identity/v1/token?version=2025-08-26' '{"expires_in":300}' 'Metadata-Flavor: ibm' \
        | sed -n 's/.*"access_token" *: *"\([^"]*\)".*/\1/p' >"$folder/identity"
    "$iam_broker" decode "$folder/identity" | indent

    say "The broker starts: identity token, exchange, verification"
    sed 's/^/     /' "$folder/config.yaml"
    start_daemon
    grep -E 'Listening|Token obtained' "$folder/daemon.log" | indent
    show status

    say "A permitted workload gets the token, verified by the broker and now by you"
    "$iam_broker" token --profile reports >"$folder/token"
    printf '   $ iam-broker token --profile reports | iam-broker decode\n'
    "$iam_broker" decode "$folder/token" | indent
    printf '   $ iam-broker token --profile reports | iam-broker verify --jwks %s/identity/keys …\n' "$simulator"
    "$iam_broker" verify --jwks "$simulator/identity/keys" --issuer https://iam.cloud.ibm.com/identity \
        --profile-id Profile-5f2d1c3a-8b4e-4d7f-9a6c-0e1b2d3f4a5b \
        --account-id 3c1f0a9be7d24c5d8e6f7a8b9c0d1e2f "$folder/token" 2>&1 | indent

    say "Three processes ask for backups; policy names one of them"
    sed -n '/report-program/,$p' "$folder/policies/demo.yaml" | indent
    install -m 755 "$iam_broker" "$folder/report"
    install -m 755 "$iam_broker" "$folder/other"
    show policy check --config "$folder/config.yaml"
    printf '   the granted program of the granted user:\n   $ %s token --profile backups | iam-broker decode\n' "$folder/report"
    as_user "$workload_user" "$folder/report" token --profile backups | "$iam_broker" decode | grep -E 'name|exp' | indent
    printf '   another program of that user:\n   $ %s token --profile backups\n' "$folder/other"
    refused "$workload_user" "$folder/other"
    if [[ $(id -u) != "$workload_user" ]]; then
        printf '   the granted program of another user:\n   $ %s token --profile backups\n' "$folder/report"
        refused "$(id -u)" "$folder/report"
    fi

    say "An operator locks the profile, and unlocks it"
    show lock backups
    refused_by_lock
    show unlock backups

    say "Everything is on record, and nobody can change the record unseen"
    tail -n 1 "$folder/state/audit/audit.jsonl" | cut -c 1-150 | indent
    show audit verify "$folder/state/audit"

    say "A refresh, now and not when it is due"
    show refresh reports

    say "IAM rotates its keys while the broker runs"
    http POST /simulator/rotate-keys '{"keep_old":true}' 'Content-Type: application/json' | indent
    echo
    explain "The next token names a key that the broker does not know; it fetches the key set once."
    show refresh reports

    say "A key is rotated, and the broker dies in the middle"
    sed 's/^/     /' "$folder/rotation/report.yaml"
    show rotation plan report | cut -c 1-150
    explain "A program uses the key in $folder/keys/report all the time. IAM takes 3 seconds until it accepts a new key:"
    explain "long enough to kill the daemon when the new key is made and nobody has it."
    use_key "$folder/keys/report" &
    pids+=("$!")
    http PUT /simulator/propagation '{"api_key_use_ms":3000}' 'Content-Type: application/json' >/dev/null
    printf '   $ iam-broker rotation run --now report\n'
    "$iam_broker" rotation run --now report >"$folder/output" 2>&1 &
    run=$! code=0
    until_said '  retrying  ' cat "$folder/output"
    kill -KILL "$daemon"
    wait "$daemon" 2>/dev/null || true
    wait "$run" || code=$?
    cut -c 1-150 "$folder/output" | indent
    printf '     exit code %s: the daemon was killed\n' "$code"
    explain "Two keys live now, and the file still has the old one:"
    live_keys
    indent <"$folder/keys/report"
    explain "The daemon starts again, and goes on with the key that it wrote down:"
    start_daemon
    until_said ' overlap' "$iam_broker" rotation status report
    show rotation status report
    until_said 'waiting' "$iam_broker" rotation status report
    show rotation status report
    show rotation history report | cut -c 1-150
    explain "One key lives:"
    live_keys
    touch "$folder/enough"
    wait "${pids[-1]}"
    explain "The program, meanwhile:"
    indent <"$folder/uses"
    grep -q ' 0 failed' "$folder/uses"
    http PUT /simulator/propagation '{"api_key_use_ms":0}' 'Content-Type: application/json' >/dev/null

    say "IAM fails: the last good token stays in use"
    http PUT /simulator/faults/iam_token '{"status":503}' 'Content-Type: application/json' >/dev/null
    expect 69 refresh reports
    show status
    "$iam_broker" token --profile reports | "$iam_broker" verify --jwks "$simulator/identity/keys" | indent

    say "The daemon stops"
    kill "$daemon"
    wait "$daemon"
    daemon=
    tail -n 1 "$folder/daemon.log" | indent
    printf '\n%sDone.%s Try it yourself: make serve\n' "$bold" "$plain"
    ;;
serve)
    start_daemon
    cat <<TEXT
simulator  $simulator
sockets    $IAM_BROKER_SOCKET
           $IAM_BROKER_ADMIN_SOCKET
logs       $folder/daemon.log

In another terminal:
  export IAM_BROKER_SOCKET=$IAM_BROKER_SOCKET IAM_BROKER_ADMIN_SOCKET=$IAM_BROKER_ADMIN_SOCKET
  $iam_broker token --profile reports | $iam_broker decode
  $iam_broker status
  $iam_broker rotation run --now --wait report
  curl --unix-socket $IAM_BROKER_SOCKET 'http://localhost/v1/token?profile=reports'

Ctrl-C stops both.
TEXT
    trap 'exit 0' INT TERM
    wait "$daemon"
    ;;
bench)
    log_level=warning
    # Nobody asks 600 times a minute but a benchmark. A grant by executable costs one more system call for each request.
    sed -i '/report-program/,$d' "$folder/policies/demo.yaml"
    sed -i 's/    workloads: \[{ uid: '"$(id -u)"' }\]/&\n    rate: unlimited/' "$folder/policies/demo.yaml"
    # One processor for the server, the other for the client.
    start_daemon taskset -c 0
    benchmark=$binaries/BrokerBenchmark
    "$benchmark" serve-comparison --broker-socket "$IAM_BROKER_SOCKET" --broker-pid "$daemon" \
        --path '/v1/token?profile=reports'
    "$benchmark" verify --seconds 3

    echo "10 grants, and 10,000:"
    for count in 10 10000; do
        mkdir -p "$folder/$count/policies"
        {
            printf 'version: 1\ngrants:\n'
            for ((number = 1; number < count; number++)); do
                printf '  - { name: grant-%s, profiles: [reports], workloads: [{ uid: %s }] }\n' \
                    "$number" "$((100000 + number))"
            done
            printf '  - { name: mine, profiles: [reports], workloads: [{ uid: %s }], rate: unlimited }\n' "$(id -u)"
        } >"$folder/$count/policies/grants.yaml"
        sed "s#$folder/policies#$folder/$count/policies#; s#$folder/\([a-z]*\.sock\)#$folder/$count/\1#g; s#$folder/state#$folder/$count/state#" \
            "$folder/config.yaml" >"$folder/$count/config.yaml"
        taskset -c 0 "$binaries/iam-brokerd" --config "$folder/$count/config.yaml" --log-level warning \
            >"$folder/$count/daemon.log" 2>&1 &
        pids+=("$!")
        for _ in {1..100}; do
            if "$iam_broker" status --socket "$folder/$count/admin.sock" 2>/dev/null | grep -q fresh; then break; fi
            sleep 0.1
        done
    done
    "$benchmark" policy-size --small-socket "$folder/10/workload.sock" --small-pid "${pids[0]}" \
        --large-socket "$folder/10000/workload.sock" --large-pid "${pids[1]}"
    # Processes that get a credential, and others that people use for it.
    mkdir "$folder/hmac"
    printf '{"access_key_id":"example","secret_access_key":"example"}' >"$folder/hmac/example.json"
    printf '[default]\ncredential_process = %s credential aws --pair example --folder %s\n' \
        "$iam_broker" "$folder/hmac" >"$folder/aws.ini"
    export AWS_CONFIG_FILE=$folder/aws.ini AWS_EC2_METADATA_DISABLED=true
    sdk="from ibm_cloud_sdk_core.authenticators import VPCInstanceAuthenticator as A
A(iam_profile_id='Profile-5f2d1c3a-8b4e-4d7f-9a6c-0e1b2d3f4a5b', url='$simulator').token_manager.get_token()"
    cost() {
        echo "$1, as a process:"
        shift
        "$benchmark" process-cost --runs 50 -- "$@"
    }
    cost "iam-broker token" "$iam_broker" token --profile reports
    cost "iam-broker credential kubectl" "$iam_broker" credential kubectl --profile reports
    cost "iam-broker credential aws" "$iam_broker" credential aws --pair example --folder "$folder/hmac"
    cost "curl" curl --silent --fail --output /dev/null --unix-socket "$IAM_BROKER_SOCKET" \
        'http://localhost/v1/token?profile=reports'
    cost "IBM's Python SDK, against the simulator" "${IAM_BROKER_BENCH_PYTHON:?}" -c "$sdk"
    cost "aws, with iam-broker credential aws" "${IAM_BROKER_BENCH_AWS:?}" configure list
    ;;
*)
    echo "unknown mode $mode: demo, serve or bench" >&2
    exit 64
    ;;
esac
