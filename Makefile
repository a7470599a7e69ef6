# The few commands that people type; everything is built by CMake (CMakePresets.json).
.DEFAULT_GOAL := help
.PHONY: help build bench demo test install format lint sanitize setup clean

WERROR ?= OFF
JOBS ?= $(shell nproc)
PREFIX ?= /usr/local
CTEST ?=

help: ## show this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 18

demo: build ## set up, build, get MNIST, train sRb-VAE for a few minutes and show what it learned
	@tools/get_mnist.sh || true
	@tools/demo.sh

test: configure-release ## set up, build and run all tests
	@cmake --build --preset release --parallel $(JOBS)
	@ctest --preset release

bench: configure-release ## time training steps beside plain PyTorch, alternating
	@tools/setup.sh peers
	@cmake --build --preset release --parallel $(JOBS) --target refract_bench
	@benchmarks/run.py build/release/refract_bench --history benchmarks/history.csv

build: configure-release ## set up and build the program: bin/refract
	@cmake --build --preset release --parallel $(JOBS) --target refract_app
	@ln -sfn build/release/bin bin

install: build ## put program, library, headers and CMake package below PREFIX (/usr/local)
	@cmake --install build/release --prefix $(PREFIX) | tail -n 1

setup: ## install what is missing, with apt-get
	@tools/setup.sh build

configure-%: setup
	@cmake --preset $* -DREFRACT_WERROR=$(WERROR) >/dev/null

sanitize: configure-sanitize ## run the tests under the address and undefined-behaviour sanitizers
	@cmake --build --preset sanitize --parallel $(JOBS) --target refract_tests
	@ctest --preset sanitize $(CTEST)

format: ## lay out all sources with clang-format
	@tools/lint.sh format

lint: ## check layout, scripts and sources: clang-format, shellcheck, clang-tidy
	@tools/setup.sh build checks
	@tools/lint.sh

clean: ## remove what was built (runs/ and data/ stay)
	rm -rf build bin
