# SPDX-License-Identifier: MIT
# Host tests: `make unit` builds each program below with ASan and UBSan and runs them all.
# UNIT_<name> lists its sources, UNIT_<name>_FLAGS what it needs besides.
BUILD ?= build
UNIT_CC ?= clang
UNIT_CFLAGS := -std=gnu2x -g -O1 -fno-omit-frame-pointer -Wall -Wextra -Werror -I. -DEFIAPI= \
	-fsanitize=address,undefined -fno-sanitize-recover=all

UNIT_memmap := stub/memmap.c
UNIT_memmap_efi := stub/memmap.c
UNIT_reloc := kernel/lib/reloc.c
UNIT_cmdline := stub/cmdline.c stub/utf.c
UNIT_utf := stub/cmdline.c stub/utf.c
UNIT_options := stub/options.c kernel/lib/crumb.c kernel/lib/print.c tests/unit/fake_arch.c
UNIT_print := kernel/lib/print.c
# Ours under other names, also within the test; the C library and ASan keep theirs.
UNIT_lib := kernel/lib/string.c kernel/lib/sum.c kernel/lib/crc32.c tests/unit/fake_arch.c
UNIT_lib_FLAGS := -fno-builtin $(foreach f,memcpy memmove memset memcmp strlen strcmp strncmp, \
	-D$(f)=our_$(f))
UNIT_efi := tests/unit/efi_theirs.c
UNIT_efi_FLAGS := -isystem /usr/include/efi -isystem /usr/include/efi/x86_64

# Once for each CPU, with that CPU's own tables and a decoder that knows only its manual.
define UNIT_ISA_RULE
UNIT_pgtable_$(1) := arch/$(1)/pgtable.c tests/unit/pgtable.c tests/unit/pgtable_$(1).c \
	tests/unit/fake_arch.c
UNIT_pgtable_$(1)_MAIN := tests/unit/test_pgtable.c
# every store to a table seen by a hardware walker that the test plays
UNIT_pgtable_live_$(1) := $$(UNIT_pgtable_$(1))
UNIT_pgtable_live_$(1)_MAIN := tests/unit/test_pgtable_live.c
UNIT_pgtable_live_$(1)_FLAGS := -fsanitize-coverage=bb,trace-stores
UNIT_mapplan_$(1) := kernel/lib/mapplan.c tests/unit/fake_image.c $$(UNIT_pgtable_$(1))
UNIT_mapplan_$(1)_MAIN := tests/unit/test_mapplan.c
endef
UNIT_ISAS := x86_64 aarch64
$(foreach i,$(UNIT_ISAS),$(eval $(call UNIT_ISA_RULE,$(i))))
UNIT_fdt := kernel/lib/fdt.c
UNIT_fdt_FLAGS := -lfdt
UNIT_fdt_damage := kernel/lib/fdt.c
UNIT_fdt_damage_FLAGS := -lfdt
UNIT_console := kernel/lib/console.c kernel/lib/uart.c kernel/lib/print.c
UNIT_screen := kernel/lib/screen.c
UNIT_uart_find := stub/uart_find.c kernel/lib/fdt.c
UNIT_tpm_log := stub/tpm_log.c

UNIT_RAW := stub/raw.c stub/raw_module.c stub/collect.c stub/arena.c stub/memmap.c \
	stub/options.c stub/cmdline.c stub/utf.c kernel/lib/crumb.c kernel/lib/print.c \
	tests/unit/fake_arch.c tests/unit/fake_image.c tests/unit/fake_raw.c
UNIT_raw := $(UNIT_RAW)
UNIT_from_dtb := stub/from_dtb.c stub/from_efi.c stub/efi_tables.c kernel/lib/fdt.c \
	stub/uart_find.c $(UNIT_RAW)
UNIT_from_dtb_FLAGS := -lfdt
UNIT_from_dtb_damage := $(UNIT_from_dtb)
UNIT_from_dtb_damage_FLAGS := -lfdt

UNIT_from_efi := stub/from_efi.c stub/efi_tables.c $(UNIT_RAW)
UNIT_PC := stub/from_pc.c stub/from_linux.c stub/from_pvh.c stub/from_efi.c stub/efi_tables.c \
	$(UNIT_RAW)
UNIT_from_linux := $(UNIT_PC)
UNIT_from_linux_efi := $(UNIT_PC)
UNIT_from_pvh := $(UNIT_PC) stub/bios_find.c
UNIT_trust := stub/efi_trust.c stub/efi_measure.c stub/tpm_log.c kernel/lib/fdt.c $(UNIT_PC)
UNIT_trust_FLAGS := -lfdt

UNIT_finish := stub/finish.c stub/handoff.c stub/arena.c stub/memmap.c kernel/lib/mapplan.c \
	kernel/lib/reloc.c kernel/lib/sum.c tests/unit/fake_arch.c

UNIT_TESTS := $(UNIT_ISAS:%=pgtable_%) $(UNIT_ISAS:%=pgtable_live_%) $(UNIT_ISAS:%=mapplan_%) \
	memmap memmap_efi reloc cmdline utf options print lib efi fdt fdt_damage uart_find tpm_log \
	console screen \
	raw finish from_dtb from_efi from_linux from_linux_efi from_pvh from_dtb_damage trust
UNIT_BINS := $(UNIT_TESTS:%=$(BUILD)/unit/test_%)
UNIT_HEADERS := $(wildcard include/*.h stub/*.h arch/*.h arch/*/*.h kernel/*/*.h tests/unit/*.h)

# One program from its sources; test_<name>.c unless UNIT_<name>_MAIN says which. One that
# does not compile is left out here and counted as failed by run.sh.
define UNIT_RULE
UNIT_$(1)_MAIN ?= tests/unit/test_$(1).c
$$(BUILD)/unit/test_$(1): $$(UNIT_$(1)_MAIN) $$(UNIT_$(1)) $$(UNIT_HEADERS) tests/unit/unit.mk \
		| $(BUILD)/have-UNIT
	@mkdir -p $$(@D)
	$$(UNIT_CC) $$(UNIT_CFLAGS) $$(UNIT_$(1)_FLAGS) $$(filter %.c,$$^) -o $$@ -lcmocka || \
		rm -f $$@
endef
$(foreach t,$(UNIT_TESTS),$(eval $(call UNIT_RULE,$(t))))

##   unit              host tests under ASan and UBSan
.PHONY: unit
unit: $(UNIT_BINS)
	@tests/unit/run.sh $(UNIT_BINS)
