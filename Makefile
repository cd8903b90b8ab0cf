# SPDX-License-Identifier: MIT
# The whole build, without recursion. `make help` prints the lines that start with "##".

VERSION := 0.1.0
ARCH ?= x86_64
BUILD ?= build
CC := clang
LD := ld.lld
OBJCOPY := llvm-objcopy
PYTHON := /usr/bin/python3
ARCHES := x86_64 aarch64

BUILD_PACKAGES := clang lld llvm make fonts-spleen
PACKAGES := $(BUILD_PACKAGES) qemu-system-x86 qemu-system-arm ovmf qemu-efi-aarch64 \
	mtools dosfstools gdb-multiarch gcc libc6-dev pkg-config libcmocka-dev gnu-efi \
	libclang-rt-dev clang-format cppcheck python3 python3-pytest python3-pytest-xdist \
	libglib2.0-dev bsdextrautils

.DELETE_ON_ERROR:
.SECONDARY:

##   all               the images and the ESP (default)
all: image esp

##   image             build/x86_64/BOOTX64.EFI and build/aarch64/BOOTAA64.EFI
include $(ARCHES:%=arch/%/isa.mk)
X86_IMG := $(BUILD)/x86_64/$(x86_64_EFI)
AA64_IMG := $(BUILD)/aarch64/$(aarch64_EFI)
image: $(X86_IMG) $(AA64_IMG)

GENERIC_SRC := $(sort $(wildcard stub/*.c kernel/*.c kernel/*/*.c kernel/*/*.S lds/*.S))
GENERIC_SRC := $(filter-out lds/image.lds.S,$(GENERIC_SRC))

COMMON_FLAGS := -std=gnu2x -Os -g -ffreestanding -fno-builtin -fpie -fvisibility=hidden \
	-fdirect-access-external-data -fno-stack-protector -fno-asynchronous-unwind-tables -fno-unwind-tables \
	-fno-strict-aliasing -fno-delete-null-pointer-checks -ffunction-sections -fdata-sections \
	-ffile-prefix-map=$(CURDIR)=. -Wall -Wextra -Werror -Wshadow -Wstrict-prototypes \
	-Wmissing-prototypes -Wundef \
	-DSTUBBORN_VERSION='"$(VERSION)"' -I. -I$(BUILD)

define isa_rules
$(1)_SRC := $(GENERIC_SRC) $(sort $(wildcard arch/$(1)/*.c arch/$(1)/*.S))
$(1)_OBJ := $$(patsubst %,$(BUILD)/$(1)/obj/%.o,$$(basename $$($(1)_SRC)))

$(BUILD)/$(1)/obj/%.o: %.c Makefile arch/$(1)/isa.mk
	@mkdir -p $$(@D)
	$$(CC) $$($(1)_FLAGS) $$(COMMON_FLAGS) -MMD -MP -c -o $$@ $$<

$(BUILD)/$(1)/obj/%.o: %.S Makefile arch/$(1)/isa.mk
	@mkdir -p $$(@D)
	$$(CC) $$($(1)_FLAGS) $$(COMMON_FLAGS) -MMD -MP -D__ASSEMBLER__ -c -o $$@ $$<

$(BUILD)/$(1)/obj/kernel/lib/font.o: $(BUILD)/font.bin

$(BUILD)/$(1)/image.lds: lds/image.lds.S Makefile arch/$(1)/isa.mk
	@mkdir -p $$(@D)
	$$(CC) -E -P -x assembler-with-cpp $$($(1)_LDS) -o $$@ $$<

$(BUILD)/$(1)/kernel.elf: $$($(1)_OBJ) $(BUILD)/$(1)/image.lds
	$$(LD) -pie --no-dynamic-linker -z text -z norelro -z max-page-size=4096 \
		--hash-style=sysv --build-id=none --fatal-warnings --gc-sections --orphan-handling=error \
		--undefined=kernel_entry -T $(BUILD)/$(1)/image.lds -o $$@ $$($(1)_OBJ)

$(BUILD)/$(1)/$$($(1)_EFI): $(BUILD)/$(1)/kernel.elf
	$$(OBJCOPY) -O binary $$< $$@

-include $$($(1)_OBJ:.o=.d)
endef
$(foreach isa,$(ARCHES),$(eval $(call isa_rules,$(isa))))

SPLEEN := /usr/share/consolefonts/spleen-8x16.psfu.gz
$(BUILD)/font.bin: $(SPLEEN)
	@mkdir -p $(@D)
	zcat $< | tail -c +545 | head -c 1520 > $@
