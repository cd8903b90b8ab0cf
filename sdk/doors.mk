# SPDX-License-Identifier: MIT
# Used by the Makefile and by sdk/stubborn.mk, in the source tree only, as it needs the tests.

##   doors             start the kernel in each way that QEMU offers, one line each (minutes):
##                     make doors [KERNEL=../mine EXPECT="hello from mine"] [DOORS=all]
##                     [ARCH=riscv64: only this CPU's] [CPUS=4: machines with four CPUs]
DOORS_SDK := $(abspath $(or $(STUBBORN_SDK),$(BUILD)))
# ARCH, if it was typed: only this CPU's.
TYPED_ARCH = $(if $(filter command%,$(origin ARCH)),$(check_arch)$(ARCH))
export EXPECT DOORS
doors: image $(if $(TOP),doors-loaders,loaders) | $(BUILD)/have-QEMU
	$(if $(TOP),$(if $(EXPECT),,$(error EXPECT="...": what does the kernel print?)))
	$(Q)KERNEL_IMAGES=$(abspath $(BUILD)) BUILD=$(DOORS_SDK) QEMU_CPUS=$(CPUS) RISCV64=all \
		QEMU_HANG=$${QEMU_HANG:-$(if $(CPUS),150,60)} \
		DOORS_ARCH=$(strip $(TYPED_ARCH)) \
		PYTHONPATH=$(TOP)tests/vm $(PYTHON) -B -m pytest -qq -s -p no:cacheprovider \
		-p doors -o console_output_style=classic --tb=no -rN $(QEMU_ARGS) \
		$(or $(TOP),./)tests/cases

# What some ways in need besides packages: tests/vm/qemu.mk has the rules.
doors-loaders: | $(BUILD)/have-QEMU
	$(Q)$(MAKE) -C $(TOP) -s --no-print-directory KERNEL= BUILD=$(DOORS_SDK) loaders

.PHONY: doors doors-loaders
