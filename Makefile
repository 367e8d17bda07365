# What one does with Kasnec from a clone of its source. `make` alone says what there is.

comma := ,
VENV := target/venv
# The tests' Python packages, to the version: a holiday that is moved in a newer one is no fault of ours.
# Meta's own client, a feed reader, what the rules' oracle counts with, and two readers of calendars.
PYTHON_PACKAGES := facebook_business==26.0.3 feedparser==6.0.14 holidays==0.109 python-dateutil==2.9.0.post0 tzdata==2026.6 icalendar==7.3.2 vobject==0.9.9
# A C compiler for SQLite and the cryptography; xmllint, openssl and two readers of PDF for the tests; Python for the packages above.
DEBIAN_PACKAGES := gcc libc6-dev ca-certificates curl openssl libxml2-utils poppler-utils qpdf python3 python3-venv faketime
INSTALLERS := $(addprefix tests/support/install-,postgres.sh smtp.sh wordpress.sh)
PREFIX ?= /usr/local
# What the tests start on this machine is spoken to without a proxy.
export NO_PROXY := $(patsubst %,%$(comma),$(or $(NO_PROXY),$(no_proxy)))127.0.0.1,localhost
export no_proxy := $(NO_PROXY)
TARGET := $(or $(CARGO_TARGET_DIR),target)

.PHONY: help run test test-deps soak bench lint audit install clean

help:
	@echo "make run        build, and start the sample office"
	@echo "make test       install what the tests need, and run them all"
	@echo "make test-deps  only install what the tests need"
	@echo "make soak       every fault at length; one table of what came of it (KASNEC_SOAK=word for some, KASNEC_SEED=n to play again)"
	@echo "make bench      measure, beside the bare reference"
	@echo "make lint       formatting and lints"
	@echo "make audit      licences, duplicates, sources and known holes of all that is built in"
	@echo "make install    build for speed, and put kasnec into $(PREFIX)/bin (PREFIX=… for elsewhere)"
	@echo "make clean      remove what was built; data/ stays"

run:
	cargo run -- serve

test: test-deps
	cargo test --no-fail-fast

# Packages are installed by root: directly, or with sudo. Where nothing is missing, neither is needed.
test-deps: $(VENV)/complete
	@for installer in $(INSTALLERS); do \
		if [ "$$(id -u)" -eq 0 ] || ! command -v sudo >/dev/null; then sh $$installer; \
		else sh $$installer >/dev/null 2>&1 || sudo sh $$installer; fi \
		|| { echo "Run as root, once: sh $$installer" >&2; exit 1; }; \
	done

$(VENV)/complete: Makefile
	@missing=; for package in $(DEBIAN_PACKAGES); do \
		dpkg-query -W -f='$${db:Status-Abbrev}' $$package 2>/dev/null | grep -q '^ii' || missing="$$missing $$package"; \
	done; \
	[ -z "$$missing" ] || { \
		sudo=; [ "$$(id -u)" -eq 0 ] || ! command -v sudo >/dev/null || sudo=sudo; \
		$$sudo apt-get update -qq && $$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing; \
	} || { echo "Run as root, once: apt-get install$$missing" >&2; exit 1; }
	python3 -m venv $(VENV)
	$(VENV)/bin/pip install --quiet --disable-pip-version-check $(PYTHON_PACKAGES)
	@touch $@

soak: test-deps
	cargo test --release --test faults -- --ignored --nocapture --exact soak::every_fault_at_length

bench:
	cargo bench

lint:
	cargo fmt --check
	cargo clippy --all-targets -- -D warnings

# The known holes are fetched from GitHub; where that cannot be reached, the rest is checked and it is said.
audit:
	@cargo deny --version >/dev/null 2>&1 || cargo install --locked --quiet cargo-deny
	cargo deny --locked check licenses bans sources
	@if cargo deny fetch db >/dev/null 2>&1; then cargo deny --locked check advisories; \
	else echo "The list of known holes cannot be fetched: it was NOT checked." >&2; fi

install:
	cargo build --release
	install -D -m 755 $(TARGET)/release/kasnec $(DESTDIR)$(PREFIX)/bin/kasnec

clean:
	cargo clean
