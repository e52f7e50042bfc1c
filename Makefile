# make run [PORT=8765] [HOST=127.0.0.1]   the site with demonstration data on this machine
# make test                               everything, on SQLite and on PostgreSQL
# make lint                               style, types, layers, sizes
# make bench [SIZE=S]                     figures
# make messages                           the Chinese catalogue
PYTHON ?= python3
export PORT HOST DATA_DIR SIZE REQUIRE_ALL CHROMIUM

.PHONY: run test lint bench messages
.DEFAULT_GOAL := run

run:
	@$(PYTHON) scripts/run

test:
	@$(PYTHON) scripts/test

# Every check is made, so that one run names everything.
lint:
	@failed=0; \
	for check in "ruff check ." "ruff format --check ." "mypy" "lint-imports --no-logo" \
	    "pytest -q -p no:cacheprovider tests/architecture"; do \
	    echo "── $$check"; $(PYTHON) scripts/tool $$check || failed=1; \
	done; exit $$failed

bench:
	@$(PYTHON) scripts/tool python -m benchmarks

messages:
	@$(PYTHON) scripts/tool python scripts/messages
