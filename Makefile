# Each of these can be run again and asks nothing. `make` alone says what there is.
.DEFAULT_GOAL := help
.PHONY: help run test check faults fuzz bench bench-large schema format clean

help: ## what can be made
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
run: ## install what is missing, build, prepare a pilot city, serve http://127.0.0.1:8080
	@scripts/run.sh
test: ## install what the tests need and run all of them
	@scripts/test.sh
check: ## format, explicit imports, schema snapshot, links in the docs
	@scripts/check.sh
fuzz: ## feed the readers of outside bytes with made-up ones, FUZZ=60 seconds each
	@scripts/fuzz.sh $(or $(FUZZ),60)
faults: ## try to break the promises of docs/promises.md under load; LONGTANG_FAULT_ROUNDS=20 for longer
	@scripts/faults.sh
bench: ## measure a release build with the pilot city
	@scripts/bench.sh $(BENCH)
bench-large: ## the same at ten million reports: an hour or two, 60 GB of disk
	@scripts/bench.sh --sizes 10000,10000000 --rows 0 $(BENCH)
schema: ## write docs/schema.sql anew after a migration was added
	@swift build --product longtang && "$$(swift build --show-bin-path)/longtang" schema > docs/schema.sql
format: ## format all sources
	@swift format --in-place --recursive Package.swift Sources Tests Fuzz
clean: ## remove what was built; keeps var/
	@rm -rf .build .venv
