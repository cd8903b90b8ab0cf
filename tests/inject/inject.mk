# SPDX-License-Identifier: MIT
# The fault injector: an ordinary EFI application for each CPU.

INJECT_ISAS := $(patsubst tests/inject/cpu_%.c,%,$(wildcard $(ARCHES:%=tests/inject/cpu_%.c)))
INJECT := $(INJECT_ISAS:%=$(BUILD)/inject/inject-%.efi)
INJECT_SRC := $(sort $(filter-out tests/inject/cpu_%,$(wildcard tests/inject/*.c)))
# An EFI application as compilers make it. lld-link has no riscv64, so for that CPU it is linked as
# ELF, gets its headers from our linker script, and relocates itself. $(1): CPU
EFI_ELF := $(patsubst tests/inject/start_%.S,%,$(wildcard tests/inject/start_*.S))
efi_cc = $(CC) $(if $(filter $(1),$(EFI_ELF)),$($(1)_FLAGS) -fpie -fvisibility=hidden \
	-fdirect-access-external-data,--target=$(1)-unknown-windows -mgeneral-regs-only) \
	-DEFIAPI= -std=gnu2x -Os \
	-ffreestanding -fno-builtin -Wall -Wextra -Werror -DIMAGE_NAME='u"$($(1)_EFI)"' -I.
efi_start = $(if $(filter $(1),$(EFI_ELF)),$(BUILD)/$(1)/image.lds \
	$(BUILD)/inject/$(1)/tests/inject/start_$(1).obj)
efi_link_PE = lld-link /subsystem:efi_application /entry:efi_main /nodefaultlib /timestamp:0 \
	/out:$@ $^
efi_link_ELF = $(LD) -pie --no-dynamic-linker -z text -z norelro -z max-page-size=4096 \
	--hash-style=sysv --build-id=none --fatal-warnings --orphan-handling=place \
	--defsym=image_built_sum=0 -T $(filter %.lds,$^) -o $@.elf $(filter %.obj,$^) && \
	$(OBJCOPY) -O binary $@.elf $@ && truncate -s %512 $@
efi_link = $(efi_link_$(if $(filter $(1),$(EFI_ELF)),ELF,PE))

INJECT_SRC += lib/acpi.c lib/print.c lib/string.c kernel/crc32.c kernel/irq/madt.c

define inject_rules
INJECT_OBJ_$(1) := $(patsubst %.c,$(BUILD)/inject/$(1)/%.obj,$(INJECT_SRC) \
	tests/inject/cpu_$(1).c)

$(BUILD)/inject/$(1)/%.obj: %.c tests/inject/inject.mk | $(BUILD)/have-BUILD
	@mkdir -p $$(@D)
	$$(call say,CC)
	$$(Q)$$(call efi_cc,$(1)) -MMD -MP -c -o $$@ $$<

$(BUILD)/inject/$(1)/%.obj: %.S tests/inject/inject.mk | $(BUILD)/have-BUILD
	@mkdir -p $$(@D)
	$$(call say,AS)
	$$(Q)$$(call efi_cc,$(1)) -c -o $$@ $$<

$(BUILD)/inject/inject-$(1).efi: $$(INJECT_OBJ_$(1)) $$(call efi_start,$(1))
	$$(call say,EFI)
	$$(Q)$$(call efi_link,$(1))

-include $$(INJECT_OBJ_$(1):.obj=.d)
endef
$(foreach isa,$(INJECT_ISAS),$(eval $(call inject_rules,$(isa))))

qemu soak-cold soak-riscv64: $(INJECT)		# tests/cases/test_inject.py

.PHONY: inject soak-inject
inject: $(INJECT)

##   soak-inject       each firmware fault in every regime, with and without moving: 700 boots
soak: soak-inject
soak-inject: $(IMAGES) $(INJECT) | $(BUILD)/have-QEMU
	INJECT_SOAK=1 RISCV64=all BUILD=$(BUILD) $(PYTHON) -B -m pytest -q -p no:cacheprovider \
		-n $(QEMU_JOBS) $(QEMU_ARGS) tests/cases/test_inject.py
