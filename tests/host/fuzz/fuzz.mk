# SPDX-License-Identifier: MIT
# Fuzz targets, one of each fuzz_<name>.c; FUZZ_RUNS says how many inputs of each `make fuzz`
# tries. A sanitizer's finding, or a CHECK that does not hold, is a failure.
FUZZ := $(BUILD)/fuzz
FUZZ_DIR := tests/host/fuzz
FUZZ_FLAVOUR ?= fuzz

# Number of inputs: these take a second or two. pgtable and mapplan run once for each CPU.
FUZZ_RUNS := memmap=5000 reloc=20000 tpm=20000 cmdline=15000 path=20000 fdt=8000 dtb=20000 \
	linux=20000 pvh=20000 again=20000 acpi=15000 off=10000 bios=20000 runtime=20000 \
	harts=20000 previous=15000 section=50000 text=20000 area=2000 \
	$(HOST_ISAS:%=pgtable_%=2500) $(HOST_ISAS:%=mapplan_%=3000)
FUZZ_TARGETS := $(foreach r,$(FUZZ_RUNS),$(firstword $(subst =, ,$(r))))
FUZZ_BINS := $(FUZZ_TARGETS:%=$(FUZZ)/fuzz_%)

# $(1): target, $(2): its name without a CPU, $(3): CPU. fuzz_<name>.c includes the sources whose
# internals it tests.
define FUZZ_RULE
$$(FUZZ)/fuzz_$(1): $(call host_objects,$(FUZZ_FLAVOUR),$(FUZZ_DIR)/fuzz_$(2).c) \
		$(call host_archives,$(FUZZ_FLAVOUR),$(3)) $(FUZZ_DIR)/fuzz.mk | $(BUILD)/have-FUZZ
	@mkdir -p $$(@D)
	$$(call say,LD)
	$$(Q)$$(HOST_CC) $$(HOST_$(FUZZ_FLAVOUR)) -fsanitize=fuzzer $$(HOST_LINK) -o $$@ \
		$$(filter %.o %.a,$$^) -lcmocka
endef
$(foreach t,$(FUZZ_TARGETS),$(eval $(call FUZZ_RULE,$(t),$(firstword $(subst _, ,$(t))),$(or \
	$(strip $(foreach i,$(HOST_ISAS),$(if $(filter %_$(i),$(t)),$(i)))),$(HOST_ISA)))))

$(FUZZ)/seeds: tests/host/fuzz/seeds.py tests/host/fuzz/trees.py | $(BUILD)/have-FUZZ
	@rm -rf $@
	$(PYTHON) -B tests/host/fuzz/seeds.py $@

##   fuzz              the parsers, the memory map and the page tables on generated inputs
fuzz: $(FUZZ_BINS) $(FUZZ)/seeds
	@SHARE=$(if $(CHECK),20,1) tests/host/fuzz/run.sh $(FUZZ) 0 $(FUZZ_RUNS)

##   soak-fuzz         the same, FUZZ_SECONDS=600 for each target; new inputs are kept
FUZZ_SECONDS ?= 600
soak-fuzz: $(FUZZ_BINS) $(FUZZ)/seeds
	@tests/host/fuzz/run.sh $(FUZZ) $(FUZZ_SECONDS) $(FUZZ_RUNS)
soak: soak-fuzz

##   fuzz-coverage     how much of each source the inputs reach that fuzz and soak-fuzz have found
fuzz-coverage: fuzz
	@$(MAKE) --no-print-directory FUZZ=$(FUZZ)-coverage FUZZ_FLAVOUR=fuzzcover \
		$(FUZZ_TARGETS:%=$(FUZZ)-coverage/fuzz_%)
	@tests/host/fuzz/coverage.sh $(FUZZ)-coverage $(FUZZ) $(FUZZ_TARGETS)

.PHONY: fuzz soak-fuzz fuzz-coverage
