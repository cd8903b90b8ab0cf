# SPDX-License-Identifier: MIT
# The whole build, without recursion. `make help` prints the lines that start with "##".

VERSION := 0.1.0
ARCH ?= x86_64
BUILD ?= build
CC := clang
HOSTCC := clang
LD := ld.lld
OBJCOPY := llvm-objcopy
PYTHON := /usr/bin/python3
ARCHES := x86_64 aarch64
Q := $(if $(V),,@)
say = $(if $(V),@:,@echo "  $(1)  $@")

include packages.mk

.DELETE_ON_ERROR:
.SECONDARY:
.PHONY: all image test check soak setup clean help repro compile_commands

##   all               the images and the ESP (default)
all: image esp

##   image             build/x86_64/BOOTX64.EFI and build/aarch64/BOOTAA64.EFI; and BOOTIA32.EFI,
##                     the first of them with the headers that 32-bit firmware wants
include $(ARCHES:%=arch/%/isa.mk)

X86_IMG := $(BUILD)/x86_64/$(x86_64_EFI)
AA64_IMG := $(BUILD)/aarch64/$(aarch64_EFI)
IA32_IMG := $(BUILD)/x86_64/$(x86_64_EFI32)
image: $(X86_IMG) $(AA64_IMG) $(IA32_IMG)

GENERIC_SRC := $(filter-out %.lds.S,$(sort $(wildcard lib/*.c lib/*/*.[cS] stub/*.c stub/efi/*.c \
	stub/raw/place.c stub/raw/module.c \
	kernel/*.c kernel/*/*.c lds/*.S)))

COMMON_FLAGS := -std=gnu2x -Os -g -ffreestanding -fno-builtin -fpie -fvisibility=hidden \
	-fdirect-access-external-data -fomit-frame-pointer -fno-stack-protector \
	-fno-asynchronous-unwind-tables -fno-unwind-tables \
	-fno-strict-aliasing -fno-delete-null-pointer-checks -ffunction-sections -fdata-sections \
	-ffile-prefix-map=$(CURDIR)=. -Wall -Wextra -Werror -Wshadow -Wstrict-prototypes \
	-Wmissing-prototypes -Wundef \
	-DSTUBBORN_VERSION='"$(VERSION)"' -I. -I$(BUILD)

LINK_FLAGS := -pie --no-dynamic-linker -z text -z norelro -z max-page-size=4096 \
	--hash-style=sysv --build-id=none --fatal-warnings --gc-sections \
	--orphan-handling=error --undefined=kernel_entry

define isa_rules
$(1)_SRC := $(GENERIC_SRC) $($(1)_DOORS) \
	$(filter-out %.lds.S,$(sort $(wildcard arch/$(1)/*/*.[cS])))
$(1)_OBJ := $$(patsubst %,$(BUILD)/$(1)/obj/%.o,$$(basename $$($(1)_SRC)))

$(BUILD)/$(1)/obj/%.o: %.c Makefile arch/$(1)/isa.mk | $(BUILD)/have-BUILD
	@mkdir -p $$(@D)
	$$(call say,CC)
	$$(Q)$$(CC) $$($(1)_FLAGS) $$(COMMON_FLAGS) -MMD -MP -c -o $$@ $$<

$(BUILD)/$(1)/obj/%.o: %.S Makefile arch/$(1)/isa.mk | $(BUILD)/have-BUILD
	@mkdir -p $$(@D)
	$$(call say,AS)
	$$(Q)$$(CC) $$($(1)_FLAGS) $$(COMMON_FLAGS) -MMD -MP -D__ASSEMBLER__ \
		-fdebug-compilation-dir=. -c -o $$@ $$<

$(BUILD)/$(1)/obj/lib/console/font.o: $(BUILD)/font.bin

$(BUILD)/$(1)/image.lds: lds/image.lds.S arch/x86_64/pc/header.lds.S lib/image.h Makefile \
		arch/$(1)/isa.mk | $(BUILD)/have-BUILD
	@mkdir -p $$(@D)
	$$(Q)$$(CC) -E -P -I. -x assembler-with-cpp $$($(1)_LDS) -o $$@ $$<

# Linked twice: the second time the sum of what the first time gave is written into it.
$(BUILD)/$(1)/kernel.elf: $$($(1)_OBJ) $(BUILD)/$(1)/image.lds $(BUILD)/image-sum
	$$(call say,LD)
	$$(Q)$$(LD) $(LINK_FLAGS) --defsym=image_built_sum=0 $$($(1)_LINK) \
		-T $(BUILD)/$(1)/image.lds -o $$@ $$($(1)_OBJ)
	$$(Q)$$(OBJCOPY) -O binary $$@ $(BUILD)/$(1)/unsummed
	$$(Q)$(BUILD)/image-sum $(BUILD)/$(1)/unsummed > $(BUILD)/$(1)/sum
	$$(Q)$$(LD) $(LINK_FLAGS) --defsym=image_built_sum=`cat $(BUILD)/$(1)/sum` $$($(1)_LINK) \
		-T $(BUILD)/$(1)/image.lds -o $$@ $$($(1)_OBJ)

$(BUILD)/$(1)/$$($(1)_EFI): $(BUILD)/$(1)/kernel.elf
	$$(call say,EFI)
	$$(Q)$$(OBJCOPY) -O binary $$< $$@

-include $$($(1)_OBJ:.o=.d)
endef
$(foreach isa,$(ARCHES),$(eval $(call isa_rules,$(isa))))

# The x86_64 image once more, with the headers that 32-bit firmware wants.
$(BUILD)/x86_64/image32.lds: $(BUILD)/x86_64/image.lds
	$(Q)$(CC) -E -P -I. -x assembler-with-cpp $(x86_64_LDS) $(x86_64_LDS32) \
		-o $@ lds/image.lds.S
$(BUILD)/x86_64/kernel32.elf: $(BUILD)/x86_64/kernel.elf $(BUILD)/x86_64/image32.lds
	$(call say,LD)
	$(Q)$(LD) $(LINK_FLAGS) --defsym=image_built_sum=`cat $(BUILD)/x86_64/sum` \
		-T $(BUILD)/x86_64/image32.lds -o $@ $(x86_64_OBJ)
$(IA32_IMG): $(BUILD)/x86_64/kernel32.elf
	$(call say,EFI)
	$(Q)$(OBJCOPY) -O binary $< $@

# Runs on the machine that builds.
$(BUILD)/image-sum: lds/image_sum.c lib/sum.c lib/sum.h lib/base.h | $(BUILD)/have-BUILD
	@mkdir -p $(@D)
	$(call say,HOSTCC)
	$(Q)$(HOSTCC) -std=gnu2x -O2 -Wall -Wextra -Werror -I. -o $@ lds/image_sum.c lib/sum.c

SPLEEN := /usr/share/consolefonts/spleen-8x16.psfu.gz
$(BUILD)/font.bin: | $(BUILD)/have-BUILD
	@mkdir -p $(@D)
	$(Q)zcat $(SPLEEN) | tail -c +517 | head -c 1520 > $@

# CHECK=1: suites do a sample of what they do; tests/run-all.sh --check sets it.
CHECK_MARK = $(if $(CHECK),-m check)
include esp/esp.mk tests/host/unit/unit.mk tests/host/fake/fake.mk tests/host/fuzz/fuzz.mk \
	tests/vm/qemu.mk tests/bench/bench.mk tests/cache/cache.mk tests/inject/inject.mk \
	tests/fresh/fresh.mk
-include tests/lint/lint.mk
##   test              all that is proved: unit, fake, lint, fuzz, cache, qemu (about 20 minutes)
test: | $(BUILD)/have-ALL
	@BUILD=$(BUILD) tests/run-all.sh

##   check             a sample of each suite on both CPUs: 3 minutes, behind each changed line
check: | $(BUILD)/have-ALL
	@BUILD=$(BUILD) tests/run-all.sh --check

##   soak              the same for hours: many random boots, long fuzzing; not part of test
soak:

##   setup             install the Debian packages that building, running and testing need
setup: $(BUILD)/have-ALL

##   repro             build twice, in two folders: the same bytes?
repro: | $(BUILD)/have-BUILD
	tests/lint/repro.sh

##   compile_commands  compile_commands.json for editors
compile_commands: | $(BUILD)/have-PYTHON
	tests/lint/compile-commands.sh

##   clean             remove what was built
clean:
	rm -rf $(BUILD) compile_commands.json

##   help              this list
help:
	@echo "make TARGET [ARCH=x86_64|aarch64] [BUILD=folder] [V=1 to see the commands]"
	@sed -n 's/^##//p' $(MAKEFILE_LIST)
