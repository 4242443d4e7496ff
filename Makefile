# Luodi 落地: make run opens it, make test tests it. Both install what they need and do nothing when all is there.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.PHONY: help run test test-corpus bench check-long

help:
	@echo 'make run          opens the window on the sample workspace (no display: runs the sample precheck)'
	@echo 'make test         the whole test suite, window included, without a display'
	@echo 'make test-corpus  the tests on foreign files: LUODI_CORPUS=folder'
	@echo 'make bench        the timed tasks: LUODI_BENCH=folder'
	@echo 'make check-long   what takes long: laws on many more shapes, every reader fuzzed, documentation, licences and advisories'

run:
	@scripts/run.sh

test:
	@scripts/setup.sh build test
	cargo test --locked

# The tests that need the corpus are ignored by `make test`; asked for without it, they fail rather than pass unseen.
test-corpus:
	@scripts/setup.sh build test
	@test -d "$${LUODI_CORPUS:?LUODI_CORPUS 应为样本文件夹 / LUODI_CORPUS must name the corpus folder}"
	LUODI_CORPUS="$$(cd "$$LUODI_CORPUS" && pwd)" cargo test --locked --test main corpus -- --include-ignored

bench:
	@scripts/bench.sh

check-long:
	@scripts/setup.sh build test
	PROPTEST_CASES=20000 LUODI_ORACLE_CASES=1000000 cargo test --locked --release
	cargo build --locked --release --bin luodi
	scripts/fuzz.sh
	@if command -v python3 >/dev/null; then \
	    python3 scripts/fuzz_against_shapely.py "$${CARGO_TARGET_DIR:-target}/release/luodi" --pairs "$${LUODI_FUZZ_PAIRS:-1000000}"; \
	else echo 'fuzz_against_shapely: skipped, python3 is not installed'; fi
	@if command -v python3 >/dev/null; then \
	    python3 scripts/check_written_with_gdal.py "$${CARGO_TARGET_DIR:-target}/release/luodi"; \
	else echo 'check_written_with_gdal: skipped, python3 is not installed'; fi
	@# The QGIS of a distribution goes with its own Python, which need not be the first one.
	@for python in python3 /usr/bin/python3; do \
	    if $$python -c 'import qgis.core' 2>/dev/null; then break; fi; \
	done; \
	if command -v $$python >/dev/null; then \
	    $$python scripts/check_written_with_qgis.py "$${CARGO_TARGET_DIR:-target}/release/luodi"; \
	else echo 'check_written_with_qgis: skipped, python3 is not installed'; fi
	cargo check --locked --no-default-features --lib --bins
	RUSTDOCFLAGS='-D warnings' cargo doc --locked --no-deps
	@command -v cargo-deny >/dev/null || { echo 'cargo install --locked cargo-deny' >&2; exit 1; }
	cargo deny check
