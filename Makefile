# SPDX-License-Identifier: GPL-2.0-or-later
# The daily verbs. meson does the work; tools/install-deps brings what is missing.
#
#   build/      the program as users get it: optimised, hardened, LTO
#   build-dev/  the same with ASan and UBSan; `make test` uses both

DEV = build-dev

.PHONY: all build dev test unit e2e bench lint format fuzz demo docs install deb clean

all: build

build: build/build.ninja
	@tools/quietly ninja -C build

dev: $(DEV)/build.ninja
	@tools/quietly ninja -C $(DEV)

build/build.ninja:
	@tools/install-deps build
	@tools/quietly meson setup build --buildtype=release -Db_lto=true -Dtests=false

$(DEV)/build.ninja:
	@tools/install-deps build test
	@tools/quietly meson setup $(DEV) -Db_sanitize=address,undefined

test:
	@tools/install-deps build run test
	@$(MAKE) --no-print-directory build dev
	@tools/allow-sandbox $(CURDIR)/build/amiwright
	@tests/run $(DEV) build

unit:
	@tools/install-deps build run test
	@$(MAKE) --no-print-directory dev
	@tests/run $(DEV)

e2e:
	@tools/install-deps build run test
	@$(MAKE) --no-print-directory build
	@tools/allow-sandbox $(CURDIR)/build/amiwright
	@tests/run - build $(E2E)

bench:
	@tools/install-deps build run bench
	@$(MAKE) --no-print-directory build
	@tests/bench/run build/amiwright recipes/debian.yaml $(BENCH)

demo:
	@tools/install-deps build run
	@$(MAKE) --no-print-directory build
	@tools/allow-sandbox $(CURDIR)/build/amiwright
	@tools/demo

lint:
	@tools/install-deps build test lint
	@$(MAKE) --no-print-directory dev
	@tools/lint $(DEV)

format:
	clang-format -i $$(git ls-files '*.c' '*.h')

fuzz:
	@tools/install-deps build test fuzz
	@tools/fuzz

# The package, into the directory above, as dpkg-buildpackage does.
deb:
	@tools/install-deps build test deb
	dpkg-buildpackage --build=binary --no-sign

docs: build
	build/amiwright reference recipe >docs/recipe.md

install: build
	meson install -C build

clean:
	rm -rf build $(DEV) build-fuzz
