# make            release executables: .build/release/otptoken and .build/release/otptoken-issuer
# make demo       the whole flow on this machine, in a folder of its own
# make test       all tests
# make check      format, warnings
# make fuzz       SECONDS=60 TARGET=store: gives a decoder, or each, odd inputs for so long
# make bench      speed, as ratios to the peers
# make install    PREFIX=/usr/local DESTDIR= ; with BIN=FOLDER the programs there, without building any
# make uninstall  PREFIX=/usr/local DESTDIR=
# make deb        a Debian package in .build

PREFIX ?= /usr/local
DESTDIR ?=
BIN =
# Where zsh looks for completions below share/zsh; Debian's own packages have another place.
ZSH = site-functions
SWIFT ?= swift

# The fastest start that leaves OpenSSL and the C library to the system's updates: the Swift runtime and libstdc++
# linked in, libcrypto, libssl and libc dynamic. A folder with libstdc++.a alone is what makes the linker take that.
# Packed relocations are read faster, by the loader of glibc 2.36 and later.
STATIC := .build/static
GLIBC := $(lastword $(shell getconf GNU_LIBC_VERSION))
RELR := $(if $(filter 2.36,$(firstword $(shell printf '2.36\n$(GLIBC)\n' | sort -V))),-Xlinker -z -Xlinker pack-relative-relocs)
LINK := --static-swift-stdlib --disable-local-rpath -Xlinker -L$(CURDIR)/$(STATIC) \
        -Xswiftc -Xclang-linker -Xswiftc -static-libgcc -Xswiftc -use-ld=lld -Xlinker --as-needed -Xlinker --no-export-dynamic \
        -Xlinker --wrap=swift_copyAuxiliaryExecutablePath $(RELR)

.PHONY: all
all: dependencies $(STATIC)
	$(SWIFT) build -c release $(LINK) --product otptoken
	$(SWIFT) build -c release $(LINK) --product otptoken-issuer

$(STATIC):
	mkdir -p $@
	clang=$$(dirname "$$(readlink -f "$$(command -v $(SWIFT))")")/clang; \
	archive=$$("$$clang" -print-file-name=libstdc++.a); \
	if [ -f "$$archive" ]; then ln -sf "$$archive" $@/; fi

.PHONY: dependencies
dependencies:
	@command -v $(SWIFT) >/dev/null || { echo "Swift 6.2 or later is needed"; exit 1; }
	@scripts/install libssl-dev pkg-config

.PHONY: demo
demo: all
	scripts/demo .build/release

# What the tests call: peers, shells, a real terminal, a browser, programs that read the man pages, and keepers of secrets.
TEST_PACKAGES := oathtool tmux openssl faketime mandoc groff-base zsh fish bash-completion python3-venv util-linux procps \
                 swtpm tpm2-tools systemd dbus-daemon gnome-keyring libsecret-tools pass chrony dpkg-dev lintian man-db \
                 libpam-oath expect openconnect sudo jq fzf rofi xvfb xdotool xclip xsel waybar sway grim \
                 wl-clipboard screen pamtester procmail chromium chromium-driver \
                 fonts-noto-cjk zbar-tools qrencode pskctool python3-pskc otpclient-cli

# Debian starts these once they are installed, unless this looks like the single-user mode, and they listen to the whole
# network: not where systemd runs.
TEST_SERVERS := openssh-server ocserv nginx-light dovecot-core

# A privacyIDEA from PyPI. Where that is out of reach, the tests that need it are skipped, and say so.
PRIVACYIDEA ?= $(CURDIR)/.build/privacyidea

.PHONY: test
test: all
	scripts/install $(TEST_PACKAGES)
	[ -d /run/systemd/system ] || RUNLEVEL=1 scripts/install $(TEST_SERVERS)
	-scripts/privacyidea "$(PRIVACYIDEA)"
	OTPTOKEN_BIN=$(CURDIR)/.build/release OTPTOKEN_PRIVACYIDEA="$(PRIVACYIDEA)" $(SWIFT) test

.PHONY: check
check: dependencies
	$(SWIFT) format lint --strict -r Sources Tests Package.swift
	$(SWIFT) build --build-tests -Xswiftc -warnings-as-errors -Xcc -Werror -Xcc -Wall -Xcc -Wextra

# What is installed beside the programs: each file, and where it belongs below PREFIX.
MAN := $(foreach page,$(wildcard man/*.[1-8] man/*/*.[1-8]),\
    $(page):share/$(dir $(page))man$(subst .,,$(suffix $(page)))/$(notdir $(page)))
COMPLETIONS := $(foreach name,otptoken otptoken-issuer,\
    completions/$(name).bash:share/bash-completion/completions/$(name) \
    completions/_$(name):share/zsh/$(ZSH)/_$(name) \
    completions/$(name).fish:share/fish/vendor_completions.d/$(name).fish)

.PHONY: install
install: $(if $(BIN),,all)
	install -d "$(DESTDIR)$(PREFIX)/bin"
	set -e; for name in otptoken otptoken-issuer; do \
	    install -m 755 "$(or $(BIN),.build/release)/$$name" "$(DESTDIR)$(PREFIX)/bin"; \
	    strip "$(DESTDIR)$(PREFIX)/bin/$$name" || true; done
	set -e; for file in $(MAN) $(COMPLETIONS); do \
	    install -D -m 644 "$${file%%:*}" "$(DESTDIR)$(PREFIX)/$${file#*:}"; done

.PHONY: uninstall
uninstall:
	for file in $(MAN) $(COMPLETIONS) :bin/otptoken :bin/otptoken-issuer; do \
	    rm -f "$(DESTDIR)$(PREFIX)/$${file#*:}"; done

.PHONY: deb
deb: $(if $(BIN),,all)
	scripts/install dpkg-dev
	scripts/deb "$(or $(BIN),.build/release)"

.PHONY: clean
clean:
	$(SWIFT) package clean
	rm -rf $(STATIC) .build/fuzz

SECONDS ?= 60
TARGET ?=

.PHONY: fuzz
fuzz: dependencies
	Tests/Fuzz/fuzz.sh $(SECONDS) $(TARGET)

.PHONY: bench
bench: all
	$(SWIFT) build -c release $(LINK) --product BenchmarkDriver
	Tests/Benchmarks/bench.sh
