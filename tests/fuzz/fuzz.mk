# SPDX-License-Identifier: MIT
# Fuzz targets: FUZZ_<name> lists the sources that fuzz_<name>.c tests, FUZZ_<name>_RUNS how many
# inputs `make fuzz` tries. A sanitizer's finding, or a CHECK that does not hold, is a failure.
FUZZ_CC ?= clang
FUZZ := $(BUILD)/fuzz
FUZZ_CFLAGS := -std=gnu2x -g -O1 -fno-omit-frame-pointer -Wall -Wextra -Werror -I. -DEFIAPI= \
	-DSTUBBORN_VERSION='"0"' -fsanitize=address,undefined -fno-sanitize-recover=all \
	$(FUZZ_EXTRA)

FUZZ_RAW := $(UNIT_RAW)
FUZZ_memmap := stub/memmap.c
FUZZ_reloc := kernel/lib/reloc.c
FUZZ_tpm := stub/tpm_log.c
FUZZ_cmdline := stub/cmdline.c stub/utf.c stub/options.c kernel/options.c kernel/lib/crumb.c \
	kernel/lib/print.c tests/unit/fake_arch.c
FUZZ_path := stub/utf.c stub/cmdline.c stub/collect.c stub/options.c kernel/lib/crumb.c \
	kernel/lib/print.c tests/unit/fake_arch.c tests/unit/fake_raw.c
FUZZ_fdt := kernel/lib/fdt.c
FUZZ_dtb := stub/from_dtb.c kernel/lib/fdt.c $(FUZZ_RAW)
FUZZ_linux := stub/from_pc.c stub/efi_tables.c kernel/lib/fdt.c $(FUZZ_RAW)
FUZZ_pvh := stub/from_pc.c stub/bios_find.c $(FUZZ_RAW)
FUZZ_acpi := stub/uart_find.c kernel/lib/fdt.c
FUZZ_off :=
FUZZ_bios := stub/bios_find.c
FUZZ_runtime := kernel/memory.c stub/memmap.c tests/unit/fake_image.c
FUZZ_previous := kernel/previous.c kernel/lib/crumb.c kernel/lib/print.c stub/memmap.c \
	tests/unit/fake_arch.c

# Once for each CPU.
define FUZZ_ISA_RULE
FUZZ_pgtable_$(1) := $$(UNIT_pgtable_$(1))
FUZZ_mapplan_$(1) := $$(UNIT_mapplan_$(1)) stub/memmap.c
endef
$(foreach i,$(UNIT_ISAS),$(eval $(call FUZZ_ISA_RULE,$(i))))

FUZZ_TARGETS := memmap reloc tpm cmdline path fdt dtb linux pvh acpi off bios runtime previous \
	$(UNIT_ISAS:%=pgtable_%) $(UNIT_ISAS:%=mapplan_%)
FUZZ_BINS := $(FUZZ_TARGETS:%=$(FUZZ)/fuzz_%)
FUZZ_HEADERS := $(UNIT_HEADERS) $(wildcard tests/fuzz/*.h)

$(FUZZ)/obj/%.o: %.c $(FUZZ_HEADERS) tests/fuzz/fuzz.mk
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(FUZZ_CC) $(FUZZ_CFLAGS) -fsanitize=fuzzer-no-link -c -o $@ $<

# fuzz_<name>.c; for a CPU's name without that. Its own source includes what it tests the insides of.
define FUZZ_RULE
$$(FUZZ)/fuzz_$(1): $$(FUZZ)/obj/tests/fuzz/fuzz_$(firstword $(subst _, ,$(1))).o \
		$$(FUZZ)/obj/tests/fuzz/fuzz.o $$(FUZZ_$(1):%.c=$$(FUZZ)/obj/%.o)
	$$(call say,LD)
	$$(Q)$$(FUZZ_CC) -fsanitize=fuzzer,address,undefined $$(FUZZ_EXTRA) -o $$@ $$^ -lcmocka
endef
$(foreach t,$(FUZZ_TARGETS),$(eval $(call FUZZ_RULE,$(t))))
