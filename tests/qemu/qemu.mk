# SPDX-License-Identifier: MIT

##   qemu              boot both images on QEMU with real firmware in many ways (about 10 minutes)
QEMU_JOBS ?= 2
LOADERS := $(BUILD)/loaders/grubaa64.efi $(BUILD)/loaders/systemd-bootia32.efi
qemu: $(X86_IMG) $(AA64_IMG) $(IA32_IMG) $(LOADERS)
	BUILD=$(BUILD) $(PYTHON) -B -m pytest -q -p no:cacheprovider -n $(QEMU_JOBS) \
		$(QEMU_ARGS) tests/qemu

# A loader that cannot be had is no failure: its tests are skipped and say why.
$(BUILD)/loaders/grubaa64.efi: tests/qemu/fetch-deb.sh
	@mkdir -p $(@D)
	$< arm64 grub-efi-arm64-bin usr/lib/grub/arm64-efi/monolithic/grubaa64.efi $@ || true

$(BUILD)/loaders/systemd-bootia32.efi: tests/qemu/fetch-deb.sh
	@mkdir -p $(@D)
	$< i386 systemd-boot-efi usr/lib/systemd/boot/efi/systemd-bootia32.efi $@ || true

.PHONY: qemu

##   qemu-matrix       the table of doors: what started, and what it handed over
qemu-matrix: $(X86_IMG) $(AA64_IMG) $(IA32_IMG) $(LOADERS) | $(BUILD)/have-TEST
	$(Q)BUILD=$(BUILD) PYTHONPATH=tests/qemu $(PYTHON) -B -m pytest -q -p no:cacheprovider \
		-p matrix $(QEMU_ARGS) tests/qemu

.PHONY: qemu-matrix
