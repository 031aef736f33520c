# The README's two commands are `make run` and `make test`; both do their own set-up.
SHELL   := /bin/bash
GO      ?= go
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
LDFLAGS := -s -w -X main.version=$(VERSION)
# Programs that the tests use, and the packages that bring them on Debian.
PROGRAMS := nginx ssh-keygen unzip tmux postgres redis-server prometheus prometheus-alertmanager prometheus-node-exporter chromium testssl uvicorn xmllint cmark-gfm
PACKAGES := nginx-light openssh-client unzip tmux postgresql redis-server prometheus prometheus-alertmanager prometheus-node-exporter chromium fonts-dejavu-core testssl.sh python3-fastapi python3-uvicorn uvicorn libxml2-utils cmark-gfm
# Packages whose tests measure times, or wait for a browser: they run after the others, one at a time.
MEASURING := /checks/(load|demo|browser)$$
FUZZTIME ?= 20s

.PHONY: pictures run build test test-deps lint fmt bench fuzz release help

run: build ## build, and open the review of the embedded demo system
	./gonogo demo

build: ## build ./gonogo
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags '$(LDFLAGS)' -o gonogo ./cmd/gonogo

test: test-deps lint ## install what the tests use (as root on Debian), lint, run all tests
	$(GO) test -timeout 12m $$($(GO) list ./... | grep -vE '$(MEASURING)')
	$(GO) test -timeout 12m -p 1 $$($(GO) list ./... | grep -E '$(MEASURING)')

test-deps: ## install the programs and services that the tests use
	@missing=(); for p in $(PROGRAMS); do command -v $$p >/dev/null || [ -x /usr/sbin/$$p ] || compgen -G "/usr/lib/postgresql/*/bin/$$p" >/dev/null || missing+=("$$p"); done; \
	if [ $${#missing[@]} -eq 0 ]; then exit 0; fi; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  export DEBIAN_FRONTEND=noninteractive; \
	  { apt-get update -q && apt-get install -y -q --no-install-recommends $(PACKAGES); } >/dev/null 2>&1 \
	    || echo "test-deps: could not install $(PACKAGES); tests that use $${missing[*]} are skipped and say so"; \
	else echo "test-deps: not here: $${missing[*]}; tests that use them are skipped and say so"; fi

lint: ## gofmt and go vet
	@unformatted=$$(gofmt -l cmd tui checks sessions themes); if [ -n "$$unformatted" ]; then echo "not gofmt-ed:"; echo "$$unformatted"; exit 1; fi
	$(GO) vet ./...

fmt: ## format the code
	gofmt -w cmd tui checks sessions themes

pictures: build ## every screen as text, and the README's as SVG, into tui/testdata/pictures (needs tmux)
	SVG='^120x40-dark-(walk|decision|live)$$' tui/testdata/pictures.sh ./gonogo tui/testdata/pictures dark

bench: ## speed and allocations, and load beside wrk, ab, hey, vegeta and k6 (those that are installed)
	$(GO) test -run '^$$' -bench . -benchmem ./sessions/... ./tui/... ./checks/clean/...
	$(GO) test -run '^$$' -bench SideBySide -benchtime 3x ./checks/load

fuzz: ## every fuzz target for FUZZTIME (20s)
	@for f in $$(grep -rlE '^func Fuzz' --include='*_test.go' .); do \
	  for t in $$(grep -oE '^func Fuzz[A-Za-z0-9_]+' $$f | sed 's/func //'); do \
	    echo "$$t in $$(dirname $$f)"; $(GO) test -run '^$$' -fuzz "^$$t$$" -fuzztime $(FUZZTIME) ./$$(dirname $$f) || exit 1; done; done

release: ## binaries for Linux and macOS into dist/
	@for os in linux darwin; do for arch in amd64 arm64; do \
	  echo "dist/gonogo-$(VERSION)-$$os-$$arch"; \
	  CGO_ENABLED=0 GOOS=$$os GOARCH=$$arch $(GO) build -trimpath -ldflags '$(LDFLAGS)' -o dist/gonogo-$(VERSION)-$$os-$$arch ./cmd/gonogo || exit 1; done; done

help: ## this list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  %-10s %s\n", $$1, $$2}'
