# SPDX-License-Identifier: MIT
# The disk image that holds both CPUs' files, and what runs it.

##   esp               build/esp.img, a FAT image that boots on both CPUs
esp: $(BUILD)/esp.img

# With SIGNED=1 (and KEY=, CERT=) the media hold signed files.
SIGNED_IMG := $(foreach f,$(X86_IMG) $(AA64_IMG),$(dir $f)signed/$(notdir $f))
MEDIA_IMG := $(if $(SIGNED),$(SIGNED_IMG),$(X86_IMG) $(AA64_IMG))
$(if $(SIGNED),disk iso install $(BUILD)/esp.img: sign)

$(BUILD)/esp.img: $(X86_IMG) $(AA64_IMG) esp/make-esp.sh
	esp/make-esp.sh $@ $(MEDIA_IMG)

##   sign              signed copies for Secure Boot: make sign KEY=db.key CERT=db.crt;
##                     SIGNED=1 puts them on what esp, disk, iso, usb and install make
export KEY CERT
sign: $(X86_IMG) $(AA64_IMG) | $(BUILD)/have-SIGN
	$(Q)esp/sign.sh "$$KEY" "$$CERT" $(X86_IMG) $(AA64_IMG)

# APPEND="..." is stored as the command line; through the environment its quotes survive.
export APPEND
MEDIA_WORDS = $(MEDIA_IMG) $${APPEND:+-c "$$APPEND"}

##   disk              build/stubborn.img, a GPT disk image that boots on both CPUs (APPEND=...)
disk: $(X86_IMG) $(AA64_IMG)
	$(Q)esp/make-disk.sh $(BUILD)/stubborn.img $(MEDIA_WORDS)

##   iso               build/stubborn.iso, the same as a CD or stick
iso: $(X86_IMG) $(AA64_IMG)
	$(Q)esp/make-iso.sh $(BUILD)/stubborn.iso $(MEDIA_WORDS)

##   usb               write the disk image to a stick: make usb DEV=/dev/sdX
usb: disk
	$(Q)FORCE=$(FORCE) esp/write-usb.sh $(BUILD)/stubborn.img $(DEV)

##   install           onto this machine: make install [ESP=/boot/efi] [OPTIONS="..."] [BOOT=next]
##   uninstall         off it again
ESP ?= /boot/efi
INSTALL_ARCH := $(shell uname -m)
export OPTIONS BOOT
install: $(X86_IMG) $(AA64_IMG)
	$(Q)esp/install.sh install $(ESP) \
		$(filter $(BUILD)/$(INSTALL_ARCH)/%,$(MEDIA_IMG)) "$$OPTIONS"

uninstall:
	$(Q)esp/install.sh uninstall $(ESP)

disk iso: | $(BUILD)/have-MEDIA

##   run               boot it on QEMU: make run ARCH=aarch64 APPEND="mmu=off selftest"
run: $(BUILD)/esp.img
	BUILD=$(BUILD) esp/run-qemu.sh $(ARCH) $< $(if $(APPEND),--append "$(APPEND)")

##   debug             the same, stopped until gdb attaches
debug: $(BUILD)/esp.img
	BUILD=$(BUILD) esp/run-qemu.sh $(ARCH) $< --debug --append "debug $(APPEND)"

.PHONY: esp sign disk iso usb install uninstall run debug
