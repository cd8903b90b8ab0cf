# SPDX-License-Identifier: MIT
# Do the host tests notice a mistake? mutate.py makes many, one at a time, in a copy of the tree.
MUTATE_SEED ?= 1
MUTATE_COUNT ?= 300
# How many of the seed's changes were tried before: the number that the last run ended with.
MUTATE_FROM ?= 0
MUTATE_JOBS ?= 2
# The programs that run; code that they do not reach is not changed. Threads' coverage is unknown.
MUTATE_PROGRAMS ?= $(filter-out $(UNIT_THREADS:%=$(UNIT)/test_%),$(UNIT_BINS)) \
	$(FAKE)/fake-run $(FUZZ_BINS)

##   soak-mutate       MUTATE_COUNT=300 changes of the code: do the host tests notice them?
.PHONY: soak-mutate mutate-programs mutate-fuzz-runs
soak: soak-mutate
soak-mutate: | $(BUILD)/have-HOST $(BUILD)/have-UNIT $(BUILD)/have-FUZZ
	MUTATE_JOBS=$(MUTATE_JOBS) $(PYTHON) -B tests/host/mutate.py $(BUILD)/mutate \
		$(MUTATE_SEED) $(MUTATE_FROM) $(MUTATE_COUNT) $(MUTATE_FILES)

# mutate.py runs these in its copy.
mutate-programs: $(FUZZ)/seeds
	@echo $(MUTATE_PROGRAMS)
mutate-fuzz-runs:
	@echo $(FUZZ_RUNS)
