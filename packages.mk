# SPDX-License-Identifier: MIT
# The Debian packages that each target needs. A recipe has an order-only dependency on the stamp of
# each list whose tools it runs itself: `| $(BUILD)/have-ESP`. The lists include packages that apt
# would install only by chance: one of several alternatives, a module that nothing depends on.

BUILD_PACKAGES := clang lld llvm $(if $(wildcard $(TOP)stub/exports),fonts-spleen)
ESP_PACKAGES := mtools
DISK_PACKAGES := mtools fdisk
ISO_PACKAGES := mtools xorriso grub-pc-bin grub-common
SIGN_PACKAGES := sbsigntool
INSTALL_PACKAGES := efibootmgr
DIST_PACKAGES := git python3
RUN_x86_64_PACKAGES := qemu-system-x86 ovmf mtools
RUN_aarch64_PACKAGES := qemu-system-arm qemu-efi-aarch64 mtools
RUN_riscv64_PACKAGES := qemu-system-misc opensbi u-boot-qemu mtools
RUN_LISTS := $(patsubst %_PACKAGES,%,$(filter RUN_%_PACKAGES,$(.VARIABLES)))
DEBUG_PACKAGES := gdb-multiarch
PYTHON_PACKAGES := python3

# Kernels built with the SDK: what sdk/rust.mk needs, and everything for examples/ and the SDK's
# tests. A kernel's Makefile names its own in PACKAGES.
RUST_PACKAGES := rustc rust-src
KERNEL_PACKAGES = $(PACKAGES)
SDK_PACKAGES := $(RUST_PACKAGES) libstdc++-12-dev cmake pkg-config gcc gcc-aarch64-linux-gnu \
	libstb-dev fonts-dejavu-core picolibc-aarch64-linux-gnu libgcc-12-dev-arm64-cross

# Tests. llvm has the symbolizer without which a sanitizer's report names no line.
HOST_PACKAGES := clang lld llvm libclang-rt-dev libc6-dev libcmocka-dev
UNIT_PACKAGES := libfdt-dev gnu-efi device-tree-compiler cpio
FUZZ_PACKAGES := python3 device-tree-compiler acpica-tools qemu-system-arm
LINT_PACKAGES := clang lld llvm clang-format cppcheck git gnu-efi mtools openssl pesign python3 \
	python3-yaml sbsigntool
CACHE_PACKAGES := llvm device-tree-compiler python3 python3-pytest python3-pytest-xdist \
	python3-unicorn python3-setuptools
BENCH_PACKAGES := $(foreach list,$(RUN_LISTS),$($(list)_PACKAGES)) gcc libc6-dev llvm python3
PEERS_PACKAGES := $(BENCH_PACKAGES) python3-pytest
BOCHS_PACKAGES := bochs bochs-term bochsbios vgabios
QEMU_PACKAGES := $(BENCH_PACKAGES) $(BOCHS_PACKAGES) $(DISK_PACKAGES) $(ISO_PACKAGES) clang lld \
	$(SIGN_PACKAGES) $(INSTALL_PACKAGES) $(DEBUG_PACKAGES) g++ python3-pytest \
	python3-pytest-xdist binutils binutils-aarch64-linux-gnu openssl swtpm \
	device-tree-compiler acpica-tools dmidecode seabios ovmf-ia32 u-boot-qemu u-boot-tools \
	e2fsprogs file
FRESH_PACKAGES := mmdebstrap debian-archive-keyring

# All lists that a command needs. Its first recipe with a missing stamp installs all of them at
# once, so that there is only one installation to wait for, or one command to type.
NEEDS_image := BUILD
NEEDS_sdk := BUILD
NEEDS_install-sdk := BUILD
NEEDS_dist := BUILD DIST
NEEDS_check-dist := $(NEEDS_dist)
NEEDS_examples := BUILD SDK
NEEDS_esp := BUILD ESP
NEEDS_all := $(NEEDS_esp)
NEEDS_disk := BUILD DISK
NEEDS_usb := $(NEEDS_disk)
NEEDS_iso := BUILD ISO
NEEDS_sign := BUILD SIGN
NEEDS_install := BUILD INSTALL
NEEDS_uninstall := INSTALL
NEEDS_run = $(NEEDS_esp) RUN_$(ARCH)
NEEDS_debug = $(NEEDS_run) DEBUG
NEEDS_repro := $(NEEDS_dist)
NEEDS_check-image = $(if $(OUR_FILE),BUILD) PYTHON
NEEDS_options-doc := PYTHON
NEEDS_compile_commands := PYTHON
NEEDS_unit := HOST UNIT
NEEDS_fake := HOST
NEEDS_fuzz := HOST FUZZ
NEEDS_lint = BUILD LINT $(if $(CHECK),,SDK)
NEEDS_cache := BUILD CACHE
NEEDS_bench := BUILD BENCH
NEEDS_bench-check := $(NEEDS_bench)
NEEDS_bench-peers := BUILD PEERS
NEEDS_profile := $(NEEDS_bench)
NEEDS_qemu := BUILD ESP QEMU HOST UNIT SDK
NEEDS_doors := $(NEEDS_qemu)
NEEDS_mutate := HOST UNIT FUZZ
NEEDS_commands := ALL
NEEDS_cold := $(NEEDS_qemu)
NEEDS_riscv64 := $(NEEDS_qemu)
NEEDS_kexec := $(NEEDS_qemu)
NEEDS_boots := $(NEEDS_qemu)
NEEDS_cpus := $(NEEDS_qemu)
NEEDS_again := $(NEEDS_qemu)
NEEDS_dtb := $(NEEDS_qemu)
NEEDS_inject := $(NEEDS_qemu)

LISTS := BUILD ESP DISK ISO SIGN INSTALL DIST $(RUN_LISTS) DEBUG PYTHON HOST UNIT \
	FUZZ LINT CACHE BENCH PEERS QEMU FRESH SDK
ALL_PACKAGES := $(sort $(foreach list,$(LISTS),$($(list)_PACKAGES)))
NEEDS_fresh := FRESH
NEEDS_test := ALL
NEEDS_check := ALL
NEEDS_soak := ALL
# soak-fuzz and fuzz-coverage need what fuzz does.
needs = $(or $(NEEDS_$(1)),$(NEEDS_$(firstword $(subst -, ,$(1:soak-%=%)))))
NEEDED = $(if $(SIGNED),SIGN) $(if $(PACKAGES),KERNEL) $(if $(RUST),RUST) \
	$(foreach goal,$(or $(MAKECMDGOALS),all),$(call needs,$(goal)))

# A stamp says that a list of packages is installed; it is checked again when a list changes.
$(BUILD)/have-%: $(TOP)packages.mk $(TOP)setup.sh $(TOP)again.sh
	@mkdir -p $(@D)
	@$(or $(TOP),./)setup.sh $(sort $(foreach list,$* $(NEEDED),$($(list)_PACKAGES)))
	@touch $@
