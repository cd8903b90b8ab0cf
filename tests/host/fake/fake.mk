# SPDX-License-Identifier: MIT
# The stub on the host, on fake firmware that fails in every way. `make fake` builds the real
# files of stub/ and lib/ with ASan and UBSan, runs every case, then a short fuzzing.
FAKE := $(BUILD)/fake
FAKE_FLAVOUR ?= san
FAKE_DIR := tests/host/fake
FAKE_RUNS ?= $(if $(CHECK),1000,20000)
FAKE_SOAK ?= 3600

# Their copies' variables are in the image: see tests/host/image.lds.
FAKE_IMAGE := lib/console/console lib/crumb lib/console/panic
FAKE_OWN := $(filter-out %/fuzz.c,$(wildcard $(FAKE_DIR)/*.c))
FAKE_FUZZ := $(filter-out %/main.c %/sweeps.c %/cases_%,$(FAKE_OWN)) $(FAKE_DIR)/fuzz.c

# The image's symbols are addresses of this program, so it must lie low, as firmware's memory does,
# and not move. Below it there is room for a screen that ends in the image.
FAKE_LINK := -no-pie -Wl,--image-base=0x4000000 -Wl,-T,$(FAKE_DIR)/top.lds

# $(1): program, $(2): flavour of the stub, $(3): of the fake, $(4): sources, $(5): flags to
# link with.
define FAKE_RULES
$(HOST)/$(2)/%.image.o: $(HOST)/$(2)/%.o
	$$(Q)cp $$< $$@
$(FAKE)/fake-$(1): $(FAKE_IMAGE:%=$(HOST)/$(2)/%.image.o) \
		$(4:%.c=$(HOST)/$(3)/%.o) $(call host_stub,$(2),$(HOST_ISA)) \
		$(FAKE_DIR)/fake.mk $(FAKE_DIR)/top.lds
	@mkdir -p $$(@D)
	$$(call say,LD)
	$$(Q)$$(HOST_CC) $$(HOST_$(3)) $(5) $$(HOST_LINK) $$(FAKE_LINK) -o $$@ \
		$$(filter %.o %.a,$$^)
endef
$(eval $(call FAKE_RULES,run,$(FAKE_FLAVOUR),$(FAKE_FLAVOUR),$(FAKE_OWN)))
$(eval $(call FAKE_RULES,fuzz,fuzz,san,$(FAKE_FUZZ),-fsanitize=fuzzer))
$(eval $(call FAKE_RULES,cover,cover,cover,$(FAKE_OWN)))

##   fake              the stub on the host, on fake firmware that fails in every way
.PHONY: fake fake-coverage soak-fake
fake: $(FAKE)/fake-run $(FAKE)/fake-fuzz
	@FAKE_CASES="$(FAKE_CASES)" tests/host/fake/run.sh $(FAKE) $(FAKE_RUNS)

##   fake-coverage     which lines of the stub these cases execute
fake-coverage: $(FAKE)/fake-cover
	@tests/host/fake/coverage.sh $(FAKE)

soak: soak-fake
soak-fake: $(FAKE)/fake-run $(FAKE)/fake-fuzz
	@tests/host/fake/run.sh $(FAKE) -1 $(FAKE_SOAK)
