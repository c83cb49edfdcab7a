# make            release executables: .build/release/otptoken and .build/release/otptoken-issuer
# make demo       the whole flow on this machine, in a folder of its own
# make test       all tests
# make check      format, warnings
# make bench      speed, as ratios to the peers
# make install    PREFIX=/usr/local DESTDIR=

PREFIX ?= /usr/local
DESTDIR ?=
SWIFT ?= swift

# The fastest start that leaves OpenSSL and the C library to the system's updates: the Swift runtime and libstdc++
# linked in, libcrypto, libssl and libc dynamic. A folder with libstdc++.a alone is what makes the linker take that.
STATIC := .build/static
LINK := --static-swift-stdlib --disable-local-rpath -Xlinker -L$(CURDIR)/$(STATIC) \
        -Xswiftc -Xclang-linker -Xswiftc -static-libgcc -Xlinker --as-needed -Xlinker --no-export-dynamic

.PHONY: all
all: dependencies $(STATIC)
	$(SWIFT) build -c release $(LINK)

$(STATIC):
	mkdir -p $@
	clang=$$(dirname "$$(readlink -f "$$(command -v $(SWIFT))")")/clang; \
	archive=$$("$$clang" -print-file-name=libstdc++.a); \
	if [ -f "$$archive" ]; then ln -sf "$$archive" $@/; fi

.PHONY: dependencies
dependencies:
	@pkg-config --atleast-version=3.0 openssl 2>/dev/null || scripts/install libssl-dev pkg-config

.PHONY: bench
bench: all
	Tests/Benchmarks/bench.sh
