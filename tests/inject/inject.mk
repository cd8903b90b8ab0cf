# SPDX-License-Identifier: MIT
# The fault injector: an ordinary EFI application for each CPU.

# lld-link has no riscv64.
INJECT_ISAS := $(patsubst tests/inject/cpu_%.c,%,$(wildcard $(ARCHES:%=tests/inject/cpu_%.c)))
INJECT := $(INJECT_ISAS:%=$(BUILD)/inject/inject-%.efi)
INJECT_SRC := $(sort $(filter-out tests/inject/cpu_%,$(wildcard tests/inject/*.c)))
INJECT_SRC += lib/acpi.c lib/print.c lib/string.c kernel/crc32.c kernel/irq/madt.c

define inject_rules
INJECT_OBJ_$(1) := $(patsubst %.c,$(BUILD)/inject/$(1)/%.obj,$(INJECT_SRC) \
	tests/inject/cpu_$(1).c)

$(BUILD)/inject/$(1)/%.obj: %.c tests/inject/inject.mk | $(BUILD)/have-BUILD
	@mkdir -p $$(@D)
	$$(call say,CC)
	$$(Q)$$(CC) --target=$(1)-unknown-windows -std=gnu2x -Os -ffreestanding -fno-builtin \
		-mgeneral-regs-only \
		-Wall -Wextra -Werror -DEFIAPI= -DIMAGE_NAME='u"$($(1)_EFI)"' \
		-I. -MMD -MP -c -o $$@ $$<

$(BUILD)/inject/inject-$(1).efi: $$(INJECT_OBJ_$(1))
	$$(call say,EFI)
	$$(Q)lld-link /subsystem:efi_application /entry:efi_main /nodefaultlib /timestamp:0 \
		/out:$$@ $$^

-include $$(INJECT_OBJ_$(1):.obj=.d)
endef
$(foreach isa,$(INJECT_ISAS),$(eval $(call inject_rules,$(isa))))

qemu: $(INJECT)			# tests/cases/test_inject.py

.PHONY: inject soak-inject
inject: $(INJECT)

##   soak-inject       each firmware fault in every regime, with and without moving: 380 boots
soak: soak-inject
soak-inject: $(IMAGES) $(INJECT) | $(BUILD)/have-QEMU
	INJECT_SOAK=1 BUILD=$(BUILD) $(PYTHON) -B -m pytest -q -p no:cacheprovider \
		-n $(QEMU_JOBS) $(QEMU_ARGS) tests/cases/test_inject.py
