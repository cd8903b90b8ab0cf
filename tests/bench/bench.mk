# SPDX-License-Identifier: MIT

##   bench             count the instructions a boot takes (minutes; not part of test);
##                     CASE=default, mmu=off, memtest ...: only one; prompt, hot, call, again,
##                     cpus, sizes, scroll: what the kernel spends; ARCH=: only this CPU's
BENCH_PLUGINS := $(BUILD)/bench/count.so $(BUILD)/bench/spans.so
FRAGMENT = $(INJECT_ISAS:%=$(BUILD)/bench/fragment-%.efi)
bench: $(IMAGES) $(BENCH_PLUGINS) $(FRAGMENT) \
		| $(BUILD)/have-BENCH
	BUILD=$(BUILD) $(PYTHON) -B tests/bench/bench.py $(if $(CASE),--case "$(CASE)") \
		$(TYPED_ARCH)

##   bench-check       has any figure grown by 10 % over tests/bench/figures.txt? WRITE=1: record
##                     new figures; CASE= and ARCH= as above: only these
bench-check: $(IMAGES) $(BENCH_PLUGINS) | $(BUILD)/have-BENCH
	@BUILD=$(BUILD) $(PYTHON) -B tests/bench/check.py $(if $(WRITE),--write) \
		$(if $(CASE),--case "$(CASE)") $(if $(FIGURES),--figures $(FIGURES)) $(TYPED_ARCH)
soak: bench-check

##   bench-peers       compare with what Debian has: Linux's stub, memtest86+, GRUB; a
##                     table and build/bench/peers.svg (6 minutes; downloads packages);
##                     CASE=linux, memtest86+, grub, ours: only these; growth: ours by size
bench-peers: $(IMAGES) $(BUILD)/bench/count.so $(FRAGMENT) | $(BUILD)/have-PEERS
	BUILD=$(BUILD) PYTHONPATH=tests/vm $(PYTHON) -B tests/bench/peers.py --case "$(CASE)"

##   profile           instructions by function: make profile ARCH=x86_64 APPEND="mmu=mapped";
##                     FRAGMENTED=1: with a memory map of 10,000 entries; DOOR=image,
##                     linux16 or pvh: started in that way
profile: $(IMAGES) $(BUILD)/bench/count.so $(FRAGMENT) \
		| $(BUILD)/have-BENCH
	BUILD=$(BUILD) $(PYTHON) -B tests/bench/bench.py --profile "$$APPEND" \
		$(if $(FRAGMENTED),--fragmented) $(if $(DOOR),--door $(DOOR)) $(ARCH)

$(BENCH_PLUGINS): $(BUILD)/bench/%.so: tests/bench/%.c tests/bench/plugin.h | $(BUILD)/have-BENCH
	@mkdir -p $(@D)
	gcc -std=gnu2x -O2 -Wall -Wextra -Werror -shared -fPIC -o $@ $<

$(BUILD)/bench/fragment-%.obj: tests/bench/fragment.c tests/inject/beside.h \
		tests/inject/inject.mk lib/efi.h lib/efi_protocols.h lib/base.h \
		| $(BUILD)/have-BUILD
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(call efi_cc,$*) -c -o $@ $<

define fragment_rule
$(BUILD)/bench/fragment-$(1).efi: $(BUILD)/bench/fragment-$(1).obj $$(call efi_start,$(1))
	$$(call say,EFI)
	$$(Q)$$(call efi_link,$(1))
endef
$(foreach isa,$(INJECT_ISAS),$(eval $(call fragment_rule,$(isa))))

# For test_fragmented.py, and test_commands.py, two of whose workers could link a plugin at once.
qemu soak-cold soak-riscv64 soak-commands: $(FRAGMENT) $(BENCH_PLUGINS)

.PHONY: bench bench-check bench-peers profile
