# SPDX-License-Identifier: MIT
# make KERNEL=folder TARGET...: another kernel instead of ours, with the targets of stubborn.mk. The
# folder has a Makefile that includes $(STUBBORN)/stubborn.mk, or just sources. Output goes to
# BUILD/kernels/, not to that folder.

BUILD ?= build
ifneq ($(word 2,$(KERNEL)),)
$(error KERNEL=$(KERNEL): make cannot handle blanks in it)
endif
kernel := $(abspath $(KERNEL))
$(call odd_name,CURDIR kernel,$(odd_in_make))
ifeq ($(wildcard $(kernel)/.),)
$(error KERNEL=$(KERNEL): there is no such folder (make new-kernel DIR=$(KERNEL) writes one))
endif
# As make looks for it.
own_make := $(wildcard $(addprefix $(kernel)/,GNUmakefile makefile Makefile))
goals := $(or $(MAKECMDGOALS),image)
rest := $(filter-out $(firstword $(goals)),$(goals))

.PHONY: $(goals)
$(firstword $(goals)):
	@$(MAKE) --no-print-directory -C $(kernel) $(if $(own_make),, \
		-f $(CURDIR)/sdk/stubborn.mk) STUBBORN=$(CURDIR)/sdk KERNEL= \
		STUBBORN_SDK=$(or $(STUBBORN_SDK),$(abspath $(BUILD))) \
		BUILD=$(abspath $(BUILD))/kernels/$(notdir $(kernel)) $(goals)
ifneq ($(rest),)
$(rest): $(firstword $(goals)) ; @:
endif
