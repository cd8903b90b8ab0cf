# SPDX-License-Identifier: MIT
# The whole build, without recursion. `make help` prints the lines that start with "##".

top := $(dir $(lastword $(MAKEFILE_LIST)))
$(if $(wildcard sdk/names.mk),,$(error $(top)Makefile works only in its folder: make -C $(top)))
include sdk/names.mk
$(call odd_name,CURDIR)$(call odd_name,BUILD,$(odd_in_make))

ifneq ($(KERNEL),)
include sdk/kernel.mk		# build another kernel than ours
else
VERSION := 0.2.0
ARCH ?= x86_64
BUILD ?= build
# By one name, however it was given: build/**/*.d say what each target depends on by its name.
override BUILD := $(patsubst $(subst %,\%,$(CURDIR))/%,%,$(abspath $(BUILD)))
NAME := stubborn
TOP :=
CC := clang
HOSTCC := clang
LD := ld.lld
OBJCOPY := llvm-objcopy
AR := llvm-ar
NM := llvm-nm
PYTHON := /usr/bin/python3
KNOWN := $(sort $(patsubst arch/%/isa.mk,%,$(wildcard arch/*/isa.mk)))
ARCHES := $(KNOWN)
$(foreach isa,$(filter-out $(KNOWN),$(ARCHES)),$(error ARCHES=$(isa): takes any of $(KNOWN)))
$(if $(filter run debug profile,$(MAKECMDGOALS)),$(check_arch))
Q := $(if $(V),,@)
say = $(if $(V),@:,@echo "  $(1)  $@")

include packages.mk

.DELETE_ON_ERROR:
.SECONDARY:
.PHONY: all image test check soak setup clean help repro compile_commands

##   all               the images and the ESP (default)
all: image esp

##   image             build/x86_64/BOOTX64.EFI, build/aarch64/BOOTAA64.EFI and
##                     build/riscv64/BOOTRISCV64.EFI; and build/x86_64/BOOTIA32.EFI,
##                     which is BOOTX64.EFI with headers for 32-bit firmware
include $(ARCHES:%=arch/%/isa.mk)

IMAGES := $(foreach isa,$(ARCHES),$(addprefix $(BUILD)/$(isa)/,$($(isa)_EFI) $($(isa)_EFI32)))
image: $(IMAGES)
# FILE= if it is one of our images, else empty.
OUR_FILE := $(strip \
	$(foreach f,$(IMAGES),$(if $(filter $(abspath $(FILE)),$(abspath $(f))),$(f))))

# The folders of kernel/ that are a library: other kernels link what they use.
KERNEL_LIBS := $(addprefix kernel/,mm irq time cpu dev)

# For stub and kernel alike.
LIB_SRC := $(sort $(wildcard lib/*.c lib/*/*.[cS]))
STUB_SRC := $(sort $(wildcard stub/*.c stub/*/*.c))
ARCH_COMMON := $(wildcard arch/*.c)
# Code without variables is only in the stub, and libstubborn.a holds jumps to it; of all else each
# half links its own copy.
SHARED := arch/map.c $(addprefix lib/,acpi.c fdt.c fdt_bindings.c fdt_console.c fdt_range.c \
	mapplan.c print.c string.c sum.c utf.c words.c console/screen.c console/screen_fits.c \
	console/uart.c)
KERNEL_LIB := $(sort $(wildcard $(addsuffix /*.c,$(KERNEL_LIBS)))) \
	$(addprefix kernel/firmware/,acpi_text.c efi_runtime.c fdt_text.c fields.c power.c s5.c \
	smbios.c)
KERNEL_SRC := $(filter-out $(KERNEL_LIB),$(sort $(wildcard kernel/*.c kernel/*/*.c)))

COMMON_FLAGS := -std=gnu2x -g -ffreestanding -fno-builtin -fpie -fvisibility=hidden \
	-fdirect-access-external-data -fomit-frame-pointer -fno-stack-protector \
	-fno-asynchronous-unwind-tables -fno-unwind-tables \
	-fno-strict-aliasing -fno-delete-null-pointer-checks -ffunction-sections -fdata-sections \
	-ffile-prefix-map=$(CURDIR)=. -Wall -Wextra -Werror -Wshadow -Wstrict-prototypes \
	-Wmissing-prototypes -Wundef \
	-DSTUBBORN_VERSION='"$(VERSION)"' -I. -I$(BUILD)

# Where a usual boot spends its instructions: -Os, faster than the -Oz of all else.
QUICK := stub/memmap_%.c stub/reach.c stub/efi/place.c stub/efi/tables.c lib/mapplan.c \
	lib/string.c lib/sum.c $(addprefix arch/%/boot/, cpu.c cpuid.c desc.c pgtable.c \
	reach.c)
OPTIMISE = $(if $(filter $(QUICK) $($(2)_QUICK),$(filter-out $($(2)_SMALL),$(1))),-Os,-Oz)

# Frame pointers, for backtraces: in functions of the kernel (stub/enter.c calls kernel_main) and of
# what it links, if they call others.
FRAMES := -fno-omit-frame-pointer
COPY_FRAMES := -fno-omit-frame-pointer -momit-leaf-frame-pointer
# In these files, whose code is often interrupted, leaf functions have one, too.
LEAVES := kernel/crash.c kernel/cpu/% arch/%/kernel/irq.c
FRAMED = kernel/% arch/$(1)/kernel/% stub/enter.c
# Stack protection by the compiler and by the CPU. Code that switches it on must be compiled
# without; the self-tests do not need it.
GUARDS := -fstack-protector-strong
UNGUARDED := kernel/main.c kernel/cpu/guard.c arch/%/kernel/guard.c stub/enter.c kernel/selftest%.c

# In these files functions begin with a mark, a landing pad (BTI), so that they may be branched to
# indirectly while our kernel runs; tests/lint/marks.py checks that each that needs one has it.
MARKED := kernel/% arch/% $(addprefix lib/,acpi.c crumb.c print.c) \
	$(addprefix lib/console/,console.c panic.c uart.c) stub/again.c
UNMARKED := arch/%/boot/cpu.c
marks = $(if $(filter-out $(UNMARKED),$(filter $(MARKED),$(2))),$($(1)_MARKS))

# What a kernel calls most often: compiled for speed, and missing in backtraces.
HOT := kernel/mm/node.c kernel/mm/page%.c kernel/mm/space.c \
	$(addprefix arch/%/kernel/,irq_take.c pgedit.c) kernel/dev/terminal_draw.c
HOT_FLAGS := -O2 -fomit-frame-pointer

# Outlined functions have the same names in all files. Each file gets sections of its own for them:
# ld -r would join them, and code that is not used would stay if a section has some that is.
apart = if grep -q OUTLINED_FUNCTION_0 $@; then $(OBJCOPY) $(foreach n,0 1 2 3 4 5 6 7, \
	--rename-section .text.OUTLINED_FUNCTION_$n=.text.OUTLINED_FUNCTION_$n.$(subst /,.,$*)) \
	$@; fi

HOST_TOOLS := $(addprefix $(BUILD)/,image-sum read-wants)	# run on the build machine

define isa_rules
$(1)_ARCH_ALL := $(ARCH_COMMON) $$(filter-out %.lds.S,$$(sort $$(wildcard arch/$(1)/*/*.[cS])))
$(1)_ARCH := $$(filter-out arch/$(1)/kernel/%,$$($(1)_ARCH_ALL))
$(1)_CC := $(CC) $$($(1)_FLAGS) -include arch/$(1)/isa.h $(COMMON_FLAGS)
$(1)_SRC := $(LIB_SRC) $(STUB_SRC) $$($(1)_ARCH_ALL) $(KERNEL_LIB) $(KERNEL_SRC) \
	lds/sbat.S
$(1)_obj = $$(patsubst %,$(BUILD)/$(1)/obj/%.o,$$(basename $$(1)))
$(1)_OBJ := $$(call $(1)_obj,$$($(1)_SRC))
$(1)_ALL_SHARED := $(SHARED) $$(filter arch/$(1)/%,$$($(1)_SHARED))
$(1)_COPY := $$(patsubst %.c,$(BUILD)/$(1)/copy/%.o,$$(filter %.c,$$(filter-out \
	$$($(1)_ALL_SHARED),$(LIB_SRC) $$(filter $(ARCH_COMMON) arch/$(1)/boot/%, \
	$$($(1)_ARCH_ALL)))))
$(1)_SDK := $$(addprefix $(BUILD)/$(1)/,stub.o sbat.o libstubborn.a image.lds \
	$$($(1)_LDS_MORE)) $(HOST_TOOLS) $(wildcard sdk/stubborn-* \
	sdk/explain/*)

$(BUILD)/$(1)/obj/%.o: %.c Makefile arch/$(1)/isa.mk | $(BUILD)/have-BUILD
	@mkdir -p $$(@D)
	$$(call say,CC)
	$$(Q)$$($(1)_CC) $$(call OPTIMISE,$$<,$(1)) $$(call marks,$(1),$$<) \
		$$(if $$(filter $(FRAMED),$$<),$$(FRAMES) \
		-m$$(if $$(filter $$(LEAVES),$$<),no-)omit-leaf-frame-pointer $$(if \
		$$(filter-out $$(UNGUARDED),$$<),$$(GUARDS) $$($(1)_GUARDS))) \
		$$(if $$(filter $$($(1)_ALL_SHARED),$$<),$$(COPY_FRAMES)) \
		$$(if $$(filter $(FRAMED),$$<),$$($(1)_KERNEL)) \
		$$(if $$(filter $$(HOT),$$<),$$(HOT_FLAGS)) \
		$$(if $$(filter $$($(1)_FAST),$$<),-O2) -MMD -MP $$(CFLAGS) -c -o $$@ $$<
	$$(Q)$$(apart)

# A kernel's copies: compiled like the stub's, but with frame pointers.
$(BUILD)/$(1)/copy/%.o: %.c Makefile arch/$(1)/isa.mk | $(BUILD)/have-BUILD
	@mkdir -p $$(@D)
	$$(call say,CC)
	$$(Q)$$($(1)_CC) $$(call OPTIMISE,$$<,$(1)) $$(COPY_FRAMES) \
		$$(call marks,$(1),$$<) -MMD -MP $$(CFLAGS) -c -o $$@ $$<

$(BUILD)/$(1)/obj/%.o: %.S Makefile arch/$(1)/isa.mk | $(BUILD)/have-BUILD
	@mkdir -p $$(@D)
	$$(call say,AS)
	$$(Q)$$($(1)_CC) -MMD -MP -D__ASSEMBLER__ \
		-fdebug-compilation-dir=. -c -o $$@ $$<

$(BUILD)/$(1)/obj/lib/console/font.o: $(BUILD)/font.bin

$(BUILD)/$(1)/image.lds: lds/image.lds.S Makefile arch/$(1)/isa.mk | $(BUILD)/have-BUILD
	@mkdir -p $$(@D)
	$$(Q)$$(CC) -E -P -I. -x assembler-with-cpp $$($(1)_LDS) -MD -MP -MT $$@ \
		-MF $(BUILD)/$(1)/image.d -o $$@ $$<

# The stub: one object in which all names are local except those in stub/exports and those of shared
# functions, which become stub.NAME, so that no C name can clash with them.
$(BUILD)/$(1)/shared: $$(call $(1)_obj,$$($(1)_ALL_SHARED)) | $(BUILD)/have-BUILD
	$$(Q)$$(NM) --defined-only -gjA $$^ | sed -n 's/: / /p' > $$@

$(BUILD)/$(1)/stub.o: $$(call $(1)_obj,$(STUB_SRC) $(LIB_SRC) $$($(1)_ARCH)) \
		stub/exports $(BUILD)/$(1)/shared | $(BUILD)/have-BUILD
	$$(call say,LD)
	$$(Q)$$(LD) -r -o $$@.all $$(filter %.o,$$^)
	$$(Q)sed 's/.* //' $(BUILD)/$(1)/shared > $$@.keep
	$$(Q)sed 's/.*/& stub.&/' $$@.keep > $$@.names
	$$(Q)$$(OBJCOPY) --keep-global-symbols=stub/exports --keep-global-symbols=$$@.keep \
		--redefine-syms=$$@.names $$@.all $$@

$(BUILD)/$(1)/sbat.o: $(BUILD)/$(1)/obj/lds/sbat.o
	$$(Q)cp $$< $$@

# In place of an object's functions: jumps to those of the stub. A kernel may define some of C's and
# use the others.
$(BUILD)/$(1)/jump/%.o: $(BUILD)/$(1)/obj/%.o Makefile arch/$(1)/isa.mk | $(BUILD)/have-BUILD
	@mkdir -p $$(@D)
	$$(Q)$$(NM) --defined-only -gj $$< | sed 's/.*/.section .text.&, "ax"; \
		.$$(if $$(filter %/lib/string.o,$$<),hidden &; .weak,global) &; \
		.type &, %function; &: $$($(1)_JUMP) stub.&; .size &, . - &/' | \
		$$(CC) $$(filter --target=%,$$($(1)_FLAGS)) -x assembler -c -o $$@ -

# The parts of the stub that a kernel may link as well.
$(BUILD)/$(1)/libstubborn.a: $$($(1)_COPY) $$(call $(1)_obj,$$(filter-out \
		$$($(1)_ALL_SHARED),$$(filter %.S,$(LIB_SRC)) $(KERNEL_LIB) \
		$$(filter arch/$(1)/boot/%.S arch/$(1)/kernel/%,$$($(1)_ARCH_ALL)))) \
		$$(patsubst $(BUILD)/$(1)/obj/%,$(BUILD)/$(1)/jump/%, \
		$$(call $(1)_obj,$$($(1)_ALL_SHARED))) \
		| $(BUILD)/have-BUILD
	$$(call say,AR)
	$$(Q)rm -f $$@ && $$(AR) rcsD $$@ $$^

# This makes the images, too: it runs if one of these files is missing.
$(BUILD)/$(1)/kernel.elf: $$(call $(1)_obj,$(KERNEL_SRC)) $$($(1)_SDK) \
		$(call if_missing,$(filter $(BUILD)/$(1)/%,$(IMAGES)) $(BUILD)/$(1)/kernel.elf) \
		| $(BUILD)/have-BUILD
	$$(call say,LINK)
	$$(Q)BUILD=$(BUILD) sdk/stubborn-link --arch $(1) --elf $$@ -o $(BUILD)/$(1)/$$($(1)_EFI) \
		$$($(1)_LINK) $$(filter %.o %.a,$$(filter-out %/stub.o %/sbat.o,$$^))

$(filter $(BUILD)/$(1)/%,$(IMAGES)): $(BUILD)/$(1)/kernel.elf ;

-include $$($(1)_OBJ:.o=.d) $$($(1)_COPY:.o=.d) $(BUILD)/$(1)/image.d
endef
missing:
.PHONY: missing
if_missing = $(if $(filter-out $(wildcard $(1)),$(1)),missing)
$(foreach isa,$(ARCHES),$(eval $(call isa_rules,$(isa))))

# The x86_64 image again, with the headers that 32-bit firmware expects.
$(BUILD)/x86_64/image32.lds: $(BUILD)/x86_64/image.lds | $(BUILD)/have-BUILD
	$(Q)$(CC) -E -P -I. -x assembler-with-cpp $(x86_64_LDS) $(x86_64_LDS32) \
		-o $@ lds/image.lds.S

$(BUILD)/image-sum: lds/image_sum.c lib/sum.c lib/sum.h
$(BUILD)/read-wants: lds/read_wants.c lib/wants.c lib/wants.h include/stubborn/kernel.h
$(HOST_TOOLS): lib/base.h Makefile | $(BUILD)/have-BUILD
	@mkdir -p $(@D)
	$(call say,HOSTCC)
	$(Q)$(HOSTCC) -std=gnu2x -O2 -s -Wall -Wextra -Werror -I. -o $@ $(filter %.c,$^)

SPLEEN := /usr/share/consolefonts/spleen-8x16.psfu.gz
$(BUILD)/font.bin: | $(BUILD)/have-BUILD
	@mkdir -p $(@D)
	$(Q)zcat $(SPLEEN) | tail -c +517 | head -c 1520 > $@

# CHECK=1: suites run a sample of their tests; tests/run-all.sh --check sets it.
CHECK_MARK = $(if $(CHECK),-m check)
include esp/esp.mk sdk/sdk.mk sdk/doors.mk dist/dist.mk tests/host/host.mk \
	tests/host/unit/unit.mk tests/host/fake/fake.mk tests/host/fuzz/fuzz.mk \
	tests/host/mutate.mk tests/vm/qemu.mk tests/inject/inject.mk tests/bench/bench.mk \
	tests/cache/cache.mk tests/fresh/fresh.mk
-include tests/lint/lint.mk
##   test              every suite: unit, fake, lint, fuzz, cache, qemu (35 minutes with
##                     QEMU_JOBS=3)
test: | $(BUILD)/have-ALL
	@BUILD=$(BUILD) tests/run-all.sh

##   check             a sample of each suite (3 minutes)
check: | $(BUILD)/have-ALL
	@BUILD=$(BUILD) tests/run-all.sh --check

##   soak              tests for hours: many random boots, long fuzzing; not part of test
soak:

##   setup             install the Debian packages that building, running and testing need
setup: $(BUILD)/have-ALL

##   repro             make dist twice, in two folders: the same bytes? (three minutes; CHECK=1:
##                     with a sample of the objects, as make lint does)
repro: | $(BUILD)/have-BUILD $(BUILD)/have-DIST
	BUILD=$(BUILD) tests/lint/repro.sh $(if $(CHECK),quick)
soak: repro

##   compile_commands  compile_commands.json for editors
compile_commands: | $(BUILD)/have-PYTHON
	tests/lint/compile-commands.sh

##   clean             remove what was built
clean:
	rm -rf $(BUILD) compile_commands.json
ifneq ($(filter clean,$(MAKECMDGOALS)),)
.NOTPARALLEL:				# make -j clean image: one after the other
endif

##   help              this list
help:
	@echo "make TARGET [ARCH=x86_64|aarch64|riscv64] [BUILD=folder] [V=1 to see the commands]"
	@sed -n 's/^##//p' $(MAKEFILE_LIST)
endif
