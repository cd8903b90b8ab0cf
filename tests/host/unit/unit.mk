# SPDX-License-Identifier: MIT
# Host tests: `make unit` builds a program of each test_<name>.c under ASan and UBSan and runs
# them all.
UNIT := $(BUILD)/unit
UNIT_FLAVOUR ?= san
UNIT_DIR := tests/host/unit

# Built for each CPU, with that CPU's own tables and a decoder written from its manual only.
UNIT_EACH := pgtable pgtable_live mapplan mapplan_edges space space_refused

UNIT_NAMES := $(patsubst $(UNIT_DIR)/test_%.c,%,$(sort $(wildcard $(UNIT_DIR)/test_*.c)))
# Built with ThreadSanitizer, from one file that includes all that runs.
UNIT_THREADS := heap_threads
UNIT_ONCE := $(filter-out $(UNIT_EACH) $(UNIT_THREADS),$(UNIT_NAMES))
UNIT_TESTS := $(foreach t,$(UNIT_EACH),$(HOST_ISAS:%=$(t)_%)) $(UNIT_ONCE) $(UNIT_THREADS)
UNIT_BINS := $(UNIT_TESTS:%=$(UNIT)/test_%)

# Our string functions get other names, in the test, too: the C library keeps its own.
UNIT_OBJ := $(HOST)/$(UNIT_FLAVOUR)/$(UNIT_DIR)
$(UNIT_OBJ)/test_lib.o: HOST_MORE := -fno-builtin $(foreach f,memcpy memmove memset memcmp strlen \
	strcmp strncmp,-D$(f)=our_$(f))
$(UNIT_OBJ)/efi_theirs.o: HOST_MORE := -isystem /usr/include/efi \
	-isystem /usr/include/efi/x86_64
$(UNIT)/test_efi: $(UNIT_OBJ)/efi_theirs.o
$(UNIT)/test_keep: UNIT_LINK := -no-pie
$(UNIT_OBJ)/test_entry_x86_64.o: arch/x86_64/boot/entry.S	# the assembler includes it
# Its code is not in the first GiB, which the root table's first entry would map.
$(UNIT)/test_levels_riscv64: UNIT_LINK := -no-pie -Wl,--image-base=0x48000000
# The test plays a hardware walker, which sees every store to a table.
UNIT_pgtable_live := stores
UNIT_space := stores
UNIT_space_refused := stores
$(foreach i,$(HOST_ISAS),$(eval $(UNIT)/test_pgtable_live_$(i) $(UNIT)/test_space_$(i) \
	$(UNIT)/test_space_refused_$(i): \
	$(HOST)/stores/arch/$(i)/boot/pgtable.o)$(eval $(UNIT)/test_space_$(i) \
	$(UNIT)/test_space_refused_$(i): \
	$(HOST)/stores/arch/$(i)/kernel/pgedit.o))

# A test that does not compile is left out here and counted as failed by run.sh.
define UNIT_OBJECT
$(HOST)/$(1)/$(UNIT_DIR)/test_%.o: $(UNIT_DIR)/test_%.c tests/host/host.mk | $(BUILD)/have-UNIT
	@mkdir -p $$(@D)
	$$(call say,CC)
	$$(Q)$$(HOST_CC) $$(HOST_CFLAGS) $$(HOST_$(1)) $$(HOST_MORE) -MMD -MP -c -o $$@ $$< || \
		rm -f $$@
endef
$(foreach f,$(UNIT_FLAVOUR) stores threads,$(eval $(call UNIT_OBJECT,$(f))))

# $(1): program, $(2): the file with main, $(3): its flavour, $(4): CPU
define UNIT_RULE
$$(UNIT)/$(1): $(call host_objects,$(3),$(2)) $(call host_archives,$(UNIT_FLAVOUR),$(4)) \
		$(UNIT_DIR)/unit.mk
	@mkdir -p $$(@D)
	$$(call say,LD)
	$$(Q)$$(HOST_CC) $$(sort $$(HOST_$(3)) $$(HOST_$(UNIT_FLAVOUR))) $$(HOST_LINK) \
		$$(UNIT_LINK) -o $$@ $$(filter %.o,$$^) $$(filter %.a,$$^) -lfdt -lcmocka || \
		rm -f $$@
endef
$(foreach t,$(UNIT_ONCE),$(eval $(call UNIT_RULE,test_$(t), \
	$(UNIT_DIR)/test_$(t).c,$(UNIT_FLAVOUR),$(HOST_ISA))))
$(foreach t,$(UNIT_EACH),$(foreach i,$(HOST_ISAS),$(eval $(call UNIT_RULE,test_$(t)_$(i), \
	$(UNIT_DIR)/test_$(t).c,$(or $(UNIT_$(t)),$(UNIT_FLAVOUR)),$(i)))))
$(UNIT_THREADS:%=$(UNIT)/test_%): $(UNIT)/%: $(HOST)/threads/$(UNIT_DIR)/%.o $(UNIT_DIR)/unit.mk
	@mkdir -p $(@D)
	$(call say,LD)
	$(Q)$(HOST_CC) $(HOST_threads) -fuse-ld=lld -o $@ $< -lcmocka || rm -f $@
# Not part of make unit: it needs files (tests/cases/test_boards.py).
$(eval $(call UNIT_RULE,dtbs,$(UNIT_DIR)/dtbs.c,$(UNIT_FLAVOUR),$(HOST_ISA)))

##   unit              host tests under ASan and UBSan
.PHONY: unit
unit: $(UNIT_BINS)
	@tests/host/unit/run.sh $(UNIT_BINS)
