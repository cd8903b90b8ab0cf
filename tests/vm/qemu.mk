# SPDX-License-Identifier: MIT

##   qemu              boot the images on QEMU with real firmware in many ways (23 minutes with
##                     QEMU_JOBS=3 on two cores)
QEMU_JOBS ?= 2
# -k selects a few tests; if those of the examples are among them, they ask for the build.
QEMU_EXAMPLES = $(if $(filter -k%,$(QEMU_ARGS)),,examples)
# Files that some tests need.
LOADERS = $(addprefix $(BUILD)/loaders/,grubaa64.efi grubriscv64.efi systemd-bootia32.efi \
	riscv-vars.fd)
QEMU_FILES ?= $(LOADERS) $(BUILD)/unit/dtbs $(BUILD)/vm/yield.so $(QEMU_EXAMPLES)
qemu: $(IMAGES) $(QEMU_FILES) | $(BUILD)/have-QEMU
	BUILD=$(BUILD) $(PYTHON) -B -m pytest -q -p no:cacheprovider -n $(QEMU_JOBS) \
		$(CHECK_MARK) $(QEMU_ARGS) tests/cases

$(BUILD)/vm/yield.so: tests/vm/yield.c tests/bench/plugin.h | $(BUILD)/have-QEMU
	@mkdir -p $(@D)
	gcc -std=gnu2x -O2 -Wall -Wextra -Werror -Wno-unused-function -I. \
		-shared -fPIC -o $@ $<

loaders: $(LOADERS)
.PHONY: loaders

# A loader that cannot be downloaded is not a failure: its tests are skipped with the reason.
$(BUILD)/loaders/grubaa64.efi: tests/vm/fetch-package.sh
	@mkdir -p $(@D)
	tests/vm/fetch-package.sh arm64 $@ || true

$(BUILD)/loaders/grubriscv64.efi: tests/vm/fetch-package.sh
	@mkdir -p $(@D)
	SUITE=trixie tests/vm/fetch-package.sh riscv64 $@ grub-efi-riscv64-unsigned \
		usr/lib/grub/riscv64-efi/monolithic/grubriscv64.efi || true

# EDK II; its code lies beside its variables.
$(BUILD)/loaders/riscv-vars.fd: tests/vm/fetch-package.sh
	@mkdir -p $(@D)
	SUITE=trixie tests/vm/fetch-package.sh amd64 $(@D)/riscv-code.fd qemu-efi-riscv64 \
		usr/share/qemu-efi-riscv64/RISCV_VIRT_CODE.fd \
		$@ usr/share/qemu-efi-riscv64/RISCV_VIRT_VARS.fd || true

# A QEMU that has ACPI for riscv64. It runs where it is, with the data files of this machine's QEMU
# and the OpenSBI beside it, which matches it.
$(BUILD)/loaders/qemu-system-riscv64: tests/vm/fetch-package.sh
	@mkdir -p $(@D)
	SUITE=trixie tests/vm/fetch-package.sh amd64 $(@D)/fw_dynamic.bin opensbi \
		usr/lib/riscv64-linux-gnu/opensbi/generic/fw_dynamic.bin && \
	SUITE=bookworm-backports tests/vm/fetch-package.sh amd64 $@ qemu-system-riscv \
		usr/bin/qemu-system-riscv64 || true

$(BUILD)/loaders/systemd-bootia32.efi: tests/vm/fetch-package.sh
	@mkdir -p $(@D)
	tests/vm/fetch-package.sh i386 $@ systemd-boot-efi \
		usr/lib/systemd/boot/efi/systemd-bootia32.efi || true

.PHONY: qemu

##   qemu-matrix       a table of the ways in: which started, and what was passed
qemu-matrix: $(IMAGES) $(BUILD)/bench/count.so $(LOADERS) $(BUILD)/unit/dtbs | $(BUILD)/have-QEMU
	$(Q)RISCV64=all BUILD=$(BUILD) PYTHONPATH=tests/vm $(PYTHON) -B -m pytest -q \
		-p no:cacheprovider -p matrix $(QEMU_ARGS) tests/cases

.PHONY: qemu-matrix

##   soak-cold         make qemu, with firmware's part of each boot run from reset
soak-cold: $(IMAGES) $(QEMU_FILES) | $(BUILD)/have-QEMU
	QEMU_COLD=1 BUILD=$(BUILD) $(PYTHON) -B -m pytest -q -p no:cacheprovider \
		-n $(QEMU_JOBS) $(QEMU_ARGS) tests/cases
soak: soak-cold
.PHONY: soak-cold

##   soak-again        a kernel boots itself 1,000 times after each of eight ways in: random places
##                     and regimes, no page lost (17 minutes)
AGAIN ?= 1000
soak-again: $(IMAGES) | $(BUILD)/have-QEMU
	AGAIN=$(AGAIN) BUILD=$(BUILD) $(PYTHON) -B -m pytest -q -p no:cacheprovider -k chain \
		$(QEMU_ARGS) tests/cases/test_again.py
soak: soak-again
.PHONY: soak-again

##   soak-cpus         as many CPUs as QEMU allows; a million operations on shared data by eight
STRESS ?= 1000000
soak-cpus: $(IMAGES) $(BUILD)/vm/yield.so | $(BUILD)/have-QEMU
	CPUS=all STRESS=$(STRESS) BUILD=$(BUILD) PYTHONPATH=tests/vm $(PYTHON) -B -m pytest -q \
		-p no:cacheprovider -k "count or stress" $(QEMU_ARGS) tests/cases/test_cpus.py
soak: soak-cpus
.PHONY: soak-cpus

##   soak-kexec        every way in which a running Linux can start us by kexec
soak-kexec: $(IMAGES) | $(BUILD)/have-QEMU
	KEXEC=all BUILD=$(BUILD) $(PYTHON) -B -m pytest -q -p no:cacheprovider $(QEMU_ARGS) \
		tests/cases/test_kexec.py tests/cases/test_kexec_riscv.py
soak: soak-kexec

.PHONY: soak-kexec

##   soak-dtb          all device trees of Debian's Linux, and of the folder DTBS, against libfdt
soak-dtb: $(BUILD)/unit/dtbs | $(BUILD)/have-QEMU
	BUILD=$(BUILD) $(PYTHON) -B -m pytest -q -s -p no:cacheprovider -k test_trees \
		$(QEMU_ARGS) tests/cases/test_boards.py
soak: soak-dtb

.PHONY: soak-dtb

##   soak-commands     a sample of each command that no other test runs, also of those that build
##                     much: coverage, changed code, make check
soak: soak-commands
soak-commands: $(IMAGES) | $(BUILD)/have-QEMU
	COMMANDS=all BUILD=$(BUILD) $(PYTHON) -B -m pytest -q -p no:cacheprovider $(QEMU_ARGS) \
		tests/cases/test_commands.py

.PHONY: soak-commands

##   soak-riscv64      every test that knows riscv64; make qemu runs a sample of these
soak: soak-riscv64
soak-riscv64: $(IMAGES) $(QEMU_FILES) $(BUILD)/loaders/qemu-system-riscv64 | $(BUILD)/have-QEMU
	RISCV64=all BUILD=$(BUILD) $(PYTHON) -B -m pytest -q -p no:cacheprovider \
		-n $(QEMU_JOBS) -k "riscv or sbi or edk2" $(QEMU_ARGS) tests/cases

.PHONY: soak-riscv64

##   soak-boots        1,000 boots of each kind with random placement; see build/places.txt
soak: soak-boots
PLACE_BOOTS ?= 1000
soak-boots: $(IMAGES) | $(BUILD)/have-QEMU
	PLACE_BOOTS=$(PLACE_BOOTS) BUILD=$(BUILD) $(PYTHON) -B -m pytest -q -p no:cacheprovider \
		-n $(QEMU_JOBS) $(QEMU_ARGS) tests/cases/test_places.py

.PHONY: soak-boots
