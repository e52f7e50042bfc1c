# make run [PORT=8765] [HOST=127.0.0.1]   the site with demonstration data on this machine
# make test                               everything, on SQLite and on PostgreSQL
# make test TWICE=1                       also what says nothing new on a second database
# make faults                             a thousand faults injected into the reminders (half an hour)
# make lint                               style, types, layers, sizes
# make bench                              figures; DATABASE_URL chooses PostgreSQL
# make messages                           the Chinese catalogue
PYTHON ?= python3
export PORT HOST DATA_DIR REQUIRE_ALL CHROMIUM TWICE

.PHONY: run test faults lint bench messages
.DEFAULT_GOAL := run

run:
	@$(PYTHON) scripts/run

test:
	@$(PYTHON) scripts/test

faults:
	@$(PYTHON) scripts/faults

lint:
	@$(PYTHON) scripts/lint

bench:
	@$(PYTHON) scripts/tool python -m benchmarks

messages:
	@$(PYTHON) scripts/tool python scripts/messages
