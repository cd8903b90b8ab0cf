# SPDX-License-Identifier: MIT
# The disk image that holds both CPUs' files, and what runs it.

##   esp               build/esp.img, a FAT image that boots on both CPUs
esp: $(BUILD)/esp.img

$(BUILD)/esp.img: $(X86_IMG) $(AA64_IMG) esp/make-esp.sh
	esp/make-esp.sh $@ $(X86_IMG) $(AA64_IMG)

##   run               boot it on QEMU: make run ARCH=aarch64 APPEND="mmu=off selftest"
run: $(BUILD)/esp.img
	BUILD=$(BUILD) esp/run-qemu.sh $(ARCH) $< $(if $(APPEND),--append "$(APPEND)")

##   debug             the same, stopped until gdb attaches
debug: $(BUILD)/esp.img
	BUILD=$(BUILD) esp/run-qemu.sh $(ARCH) $< --debug --append "debug $(APPEND)"

.PHONY: esp run debug
