# SPDX-License-Identifier: MIT
# Fuzz targets: FUZZ_<name> lists the sources that fuzz_<name>.c tests, FUZZ_<name>_RUNS how many
# inputs `make fuzz` tries. A sanitizer's finding, or a CHECK that does not hold, is a failure.
FUZZ_CC ?= clang
FUZZ := $(BUILD)/fuzz
FUZZ_CFLAGS := -std=gnu2x -g -O1 -fno-omit-frame-pointer -Wall -Wextra -Werror -I. -DEFIAPI= \
	-DSTUBBORN_VERSION='"0"' -fsanitize=address,undefined -fno-sanitize-recover=all \
	$(FUZZ_EXTRA)

FUZZ_RAW := $(UNIT_RAW)
FUZZ_memmap := stub/memmap.c stub/memmap_efi.c
FUZZ_reloc := lib/reloc.c
FUZZ_tpm := stub/efi/tpm_log.c
FUZZ_cmdline := stub/cmdline.c lib/utf.c stub/options.c stub/earlycon.c kernel/options.c \
	lib/crumb.c \
	lib/print.c tests/host/unit/fake_arch.c
FUZZ_path := lib/utf.c stub/cmdline.c stub/collect.c stub/options.c stub/earlycon.c lib/crumb.c \
	lib/print.c lib/wants.c tests/host/unit/fake_arch.c tests/host/unit/fake_raw.c \
	$(UNIT_reach)
FUZZ_fdt := lib/fdt.c lib/fdt_console.c
FUZZ_dtb := stub/raw/dtb.c stub/efi/tables.c lib/fdt.c lib/fdt_console.c $(FUZZ_RAW)
FUZZ_linux := stub/clock.c stub/raw/rtc.c stub/raw/pc.c stub/efi/tables.c lib/fdt.c \
	lib/fdt_console.c $(FUZZ_RAW)
FUZZ_pvh := stub/clock.c stub/raw/rtc.c stub/raw/pc.c stub/raw/bios.c $(FUZZ_RAW)
FUZZ_acpi := stub/uart_find.c stub/reach.c lib/fdt.c lib/fdt_console.c
FUZZ_off := kernel/firmware/s5.c
FUZZ_bios := stub/raw/bios.c
FUZZ_runtime := kernel/memory.c stub/memmap.c stub/memmap_efi.c tests/host/unit/fake_image.c
FUZZ_previous := kernel/previous.c lib/crumb.c lib/print.c stub/memmap.c stub/memmap_efi.c \
	tests/host/unit/fake_arch.c

# Once for each CPU.
define FUZZ_ISA_RULE
FUZZ_pgtable_$(1) := $$(UNIT_pgtable_$(1))
FUZZ_mapplan_$(1) := $$(UNIT_mapplan_$(1)) stub/memmap.c stub/memmap_efi.c
endef
$(foreach i,$(UNIT_ISAS),$(eval $(call FUZZ_ISA_RULE,$(i))))

# Inputs of each that `make fuzz` tries: a second or two.
FUZZ_RUNS := memmap=5000 reloc=20000 tpm=20000 cmdline=15000 path=20000 fdt=8000 dtb=20000 \
	linux=20000 pvh=20000 acpi=15000 off=10000 bios=20000 runtime=20000 previous=15000 \
	$(UNIT_ISAS:%=pgtable_%=2500) $(UNIT_ISAS:%=mapplan_%=3000)
FUZZ_TARGETS := $(foreach r,$(FUZZ_RUNS),$(firstword $(subst =, ,$(r))))
FUZZ_BINS := $(FUZZ_TARGETS:%=$(FUZZ)/fuzz_%)

$(FUZZ)/obj/%.o: %.c tests/host/fuzz/fuzz.mk | $(BUILD)/have-FUZZ
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(FUZZ_CC) $(FUZZ_CFLAGS) -fsanitize=fuzzer-no-link -MMD -MP -c -o $@ $<

# From fuzz_<name>.c, which includes the sources that it tests the insides of.
define FUZZ_RULE
$$(FUZZ)/fuzz_$(1): $$(FUZZ)/obj/tests/host/fuzz/fuzz_$(firstword $(subst _, ,$(1))).o \
		$$(FUZZ)/obj/tests/host/fuzz/fuzz.o $$(FUZZ_$(1):%.c=$$(FUZZ)/obj/%.o)
	$$(call say,LD)
	$$(Q)$$(FUZZ_CC) -fsanitize=fuzzer,address,undefined $$(FUZZ_EXTRA) -o $$@ $$^ -lcmocka
endef
$(foreach t,$(FUZZ_TARGETS),$(eval $(call FUZZ_RULE,$(t))))
-include $(shell find $(FUZZ) -name "*.d" 2>/dev/null)

$(FUZZ)/seeds: tests/host/fuzz/seeds.py tests/host/fuzz/trees.py | $(BUILD)/have-FUZZ
	@rm -rf $@
	$(PYTHON) -B tests/host/fuzz/seeds.py $@

##   fuzz              the parsers, the memory map and the page tables against inputs nobody made
fuzz: $(FUZZ_BINS) $(FUZZ)/seeds
	@SHARE=$(if $(CHECK),20,1) tests/host/fuzz/run.sh $(FUZZ) 0 $(FUZZ_RUNS)

##   soak-fuzz         the same, FUZZ_SECONDS=600 for each target; what it finds is kept
FUZZ_SECONDS ?= 600
soak-fuzz: $(FUZZ_BINS) $(FUZZ)/seeds
	@tests/host/fuzz/run.sh $(FUZZ) $(FUZZ_SECONDS) $(FUZZ_RUNS)
soak: soak-fuzz

##   fuzz-coverage     how much of each source the inputs found so far reach
fuzz-coverage: $(FUZZ)/seeds
	@$(MAKE) --no-print-directory FUZZ=$(FUZZ)-coverage \
		FUZZ_EXTRA="-fprofile-instr-generate -fcoverage-mapping" \
		$(FUZZ_TARGETS:%=$(FUZZ)-coverage/fuzz_%)
	@tests/host/fuzz/coverage.sh $(FUZZ)-coverage $(FUZZ) $(FUZZ_TARGETS)

.PHONY: fuzz soak-fuzz fuzz-coverage

##   fuzz-planted      does `make fuzz` find a bug? one planted for each target, in a copy
fuzz-planted: $(FUZZ_BINS) $(FUZZ)/seeds
	@$(PYTHON) -B tests/host/fuzz/planted.py $(BUILD)
.PHONY: fuzz-planted
