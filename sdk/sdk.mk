# SPDX-License-Identifier: MIT

##   sdk               the files that kernels are linked with, for each CPU (sdk/README.md)
sdk: $(foreach isa,$(ARCHES),$($(isa)_SDK))

##   install-sdk       install them, for use without this tree: make install-sdk PREFIX=/usr/local
PREFIX ?= /usr/local
install-sdk: sdk
	$(Q)BUILD=$(BUILD) VERSION=$(VERSION) sdk/install.sh "$(DESTDIR)$(PREFIX)" $(ARCHES)

##   new-kernel        write a first kernel: make new-kernel DIR=../mine [LANG=cxx|rust]
# DIR, with links followed: make sees it that way.
new_kernel = $(if $(DIR),$(shell readlink -m -- "$(DIR)"))
new-kernel:
	$(call odd_name,CURDIR DIR new_kernel,$(odd_in_make))
	$(Q)sdk/new-kernel.sh "$(DIR)" "$(if $(filter command%,$(origin LANG)),$(LANG),c)"

##   examples          the kernels in examples/, built as an SDK user would
examples: sdk | $(BUILD)/have-SDK
	$(Q)set -e; for example in examples/*/; do \
		$(MAKE) --no-print-directory KERNEL=$$example BUILD=$(BUILD) image; done

.PHONY: examples sdk install-sdk new-kernel
