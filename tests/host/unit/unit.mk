# SPDX-License-Identifier: MIT
# Host tests: `make unit` builds each program below with ASan and UBSan and runs them all.
# UNIT_<name> lists its sources, UNIT_<name>_FLAGS what it needs besides.
BUILD ?= build
UNIT_CC ?= clang
UNIT_CFLAGS := -std=gnu2x -g -O1 -fno-omit-frame-pointer -Wall -Wextra -Werror -I. -DEFIAPI= \
	-fsanitize=address,undefined -fno-sanitize-recover=all

UNIT_memmap := stub/memmap.c stub/memmap_efi.c
UNIT_keep := stub/keep.c stub/reach.c
UNIT_keep_FLAGS := -no-pie -fno-pie
UNIT_memmap_efi := stub/memmap.c stub/memmap_efi.c
UNIT_reloc := lib/reloc.c
UNIT_cmdline := stub/cmdline.c lib/utf.c
UNIT_utf := stub/cmdline.c lib/utf.c
UNIT_options := stub/options.c stub/earlycon.c lib/crumb.c lib/print.c tests/host/unit/fake_arch.c
UNIT_print := lib/print.c
# Ours under other names, also within the test; the C library and ASan keep theirs.
UNIT_lib := lib/string.c lib/sum.c kernel/crc32.c tests/host/unit/fake_arch.c
UNIT_lib_FLAGS := -fno-builtin $(foreach f,memcpy memmove memset memcmp strlen strcmp strncmp, \
	-D$(f)=our_$(f))
UNIT_efi := tests/host/unit/efi_theirs.c
UNIT_efi_FLAGS := -isystem /usr/include/efi -isystem /usr/include/efi/x86_64

# Once for each CPU, with that CPU's own tables and a decoder that knows only its manual.
define UNIT_ISA_RULE
UNIT_pgtable_$(1) := arch/$(1)/boot/pgtable.c tests/host/unit/pgtable.c \
	tests/host/unit/pgtable_$(1).c tests/host/unit/fake_arch.c
UNIT_pgtable_$(1)_MAIN := tests/host/unit/test_pgtable.c
# every store to a table seen by a hardware walker that the test plays
UNIT_pgtable_live_$(1) := $$(UNIT_pgtable_$(1))
UNIT_pgtable_live_$(1)_MAIN := tests/host/unit/test_pgtable_live.c
UNIT_pgtable_live_$(1)_FLAGS := -fsanitize-coverage=bb,trace-stores
UNIT_mapplan_$(1) := lib/mapplan.c tests/host/unit/fake_image.c $$(UNIT_pgtable_$(1))
UNIT_mapplan_$(1)_MAIN := tests/host/unit/test_mapplan.c
endef
UNIT_ISAS := x86_64 aarch64
$(foreach i,$(UNIT_ISAS),$(eval $(call UNIT_ISA_RULE,$(i))))
UNIT_wants := lib/wants.c
UNIT_clock := stub/clock.c stub/efi/clock.c stub/raw/rtc.c tests/host/unit/fake_arch.c
UNIT_fdt := lib/fdt.c lib/fdt_console.c
UNIT_fdt_FLAGS := -lfdt
UNIT_fdt_damage := lib/fdt.c lib/fdt_console.c
UNIT_fdt_damage_FLAGS := -lfdt
UNIT_console := lib/console/console.c lib/console/uart.c lib/print.c
UNIT_off := kernel/firmware/acpi.c kernel/firmware/s5.c
UNIT_cpuid := arch/x86_64/boot/cpuid.c
UNIT_screen := lib/console/screen.c
UNIT_uart := lib/console/uart.c
UNIT_reach := stub/reach.c tests/host/unit/fake_reach.c
UNIT_uart_find := stub/uart_find.c lib/fdt.c lib/fdt_console.c $(UNIT_reach)
UNIT_tpm_log := stub/efi/tpm_log.c

UNIT_RAW := lib/wants.c stub/raw/place.c stub/raw/module.c stub/raw/limit.c stub/raw/room.c \
	stub/collect.c stub/arena.c stub/memmap.c stub/memmap_efi.c stub/options.c stub/earlycon.c \
	stub/cmdline.c lib/utf.c lib/crumb.c lib/print.c \
	tests/host/unit/fake_arch.c tests/host/unit/fake_image.c tests/host/unit/fake_raw.c \
	$(UNIT_reach)
UNIT_raw := $(UNIT_RAW)
UNIT_room := $(UNIT_RAW)
UNIT_from_dtb := stub/raw/dtb.c stub/raw/efi_info.c stub/efi/tables.c lib/fdt.c \
	lib/fdt_console.c stub/uart_find.c $(UNIT_RAW)
UNIT_from_dtb_FLAGS := -lfdt
UNIT_crash := $(UNIT_from_dtb)
UNIT_crash_FLAGS := -lfdt
UNIT_from_dtb_damage := $(UNIT_from_dtb)
UNIT_from_dtb_damage_FLAGS := -lfdt

UNIT_from_efi := stub/raw/efi_info.c stub/efi/tables.c $(UNIT_RAW)
UNIT_PC := stub/clock.c stub/raw/rtc.c stub/raw/pc.c stub/raw/linux.c stub/raw/pvh.c \
	stub/raw/efi_info.c stub/efi/tables.c \
	$(UNIT_RAW)
UNIT_from_linux := $(UNIT_PC)
UNIT_from_linux_efi := $(UNIT_PC)
UNIT_from_pvh := $(UNIT_PC) stub/raw/bios.c
UNIT_trust := stub/efi/trust.c stub/efi/measure.c stub/efi/tpm_log.c lib/fdt.c \
	lib/fdt_console.c $(UNIT_PC)
UNIT_trust_FLAGS := -lfdt

UNIT_finish := stub/finish.c stub/keep.c stub/reach.c stub/handoff.c stub/arena.c stub/memmap.c \
	stub/memmap_efi.c tests/host/unit/fake_reach.c \
	lib/mapplan.c \
	lib/reloc.c lib/sum.c tests/host/unit/fake_arch.c

UNIT_TESTS := $(UNIT_ISAS:%=pgtable_%) $(UNIT_ISAS:%=pgtable_live_%) $(UNIT_ISAS:%=mapplan_%) \
	wants clock keep memmap memmap_efi reloc cmdline utf options print lib efi fdt fdt_damage \
	reach uart_find tpm_log console screen uart cpuid off raw room \
	finish from_dtb from_efi from_linux from_linux_efi from_pvh from_dtb_damage crash trust
UNIT_BINS := $(UNIT_TESTS:%=$(BUILD)/unit/test_%)
UNIT_HEADERS := $(wildcard include/*/*.h lib/*.h lib/*/*.h stub/*.h stub/*/*.h \
	arch/*.h arch/*/*/*.h kernel/*.h kernel/*/*.h tests/host/unit/*.h)

# One program from its sources; test_<name>.c unless UNIT_<name>_MAIN says which. One that
# does not compile is left out here and counted as failed by run.sh.
define UNIT_RULE
UNIT_$(1)_MAIN ?= tests/host/unit/test_$(1).c
$$(BUILD)/unit/test_$(1): $$(UNIT_$(1)_MAIN) $$(UNIT_$(1)) $$(UNIT_HEADERS) \
		tests/host/unit/unit.mk | $(BUILD)/have-UNIT
	@mkdir -p $$(@D)
	$$(UNIT_CC) $$(UNIT_CFLAGS) $$(UNIT_$(1)_FLAGS) $$(filter %.c,$$^) -o $$@ -lcmocka || \
		rm -f $$@
endef
$(foreach t,$(UNIT_TESTS),$(eval $(call UNIT_RULE,$(t))))

# Not one of them: it wants files (tests/cases/test_boards.py).
$(BUILD)/unit/dtbs: tests/host/unit/dtbs.c lib/fdt.c lib/fdt_console.c $(UNIT_HEADERS) \
		| $(BUILD)/have-UNIT
	@mkdir -p $(@D)
	$(UNIT_CC) $(UNIT_CFLAGS) $(filter %.c,$^) -o $@ -lfdt -lcmocka

##   unit              host tests under ASan and UBSan
.PHONY: unit
unit: $(UNIT_BINS)
	@tests/host/unit/run.sh $(UNIT_BINS)
