# SPDX-License-Identifier: MIT
# The disk image with each CPU's file, and the targets that run it. Used by the Makefile and by
# sdk/stubborn.mk, which define where these tools are (TOP, with a slash), which files to put
# on it (IMAGES) and its name (NAME).

##   esp               build/esp.img, a FAT image that boots on all CPUs
ESP_IMG := $(BUILD)/$(if $(SIGNED),signed-)esp.img
esp: $(ESP_IMG)

# Names media's labels, the folder on an ESP and the boot entry.
$(if $(findstring /,$(NAME)),$(error NAME=$(NAME): names a file and cannot have a slash))
export KERNEL_NAME = $(NAME)
MEDIA_FILES := $(IMAGES)
# With SIGNED=1 (and KEY=, CERT=) the media hold signed files.
SIGNED_IMG := $(foreach f,$(MEDIA_FILES),$(dir $f)signed/$(notdir $f))
MEDIA_IMG := $(if $(SIGNED),$(SIGNED_IMG),$(MEDIA_FILES))
$(if $(SIGNED),disk iso install $(ESP_IMG): sign)

# What is on the image, and its label: with other ARCHES it is made again. The kernel's name may
# come from its files, so this is written anew whenever they are.
ESP_RECORD = $(MEDIA_IMG) $(NAME)
$(ESP_IMG).record: export RECORD = $(ESP_RECORD)
$(ESP_IMG).record: $(call if_changed,$(ESP_IMG).record,$(ESP_RECORD)) $(MEDIA_FILES)
	@mkdir -p $(@D)
	@printf %s "$$RECORD" > $@

$(ESP_IMG): $(MEDIA_FILES) $(ESP_IMG).record $(TOP)esp/make-esp.sh | $(BUILD)/have-ESP
	$(TOP)esp/make-esp.sh $@ $(MEDIA_IMG)

##   sign              signed copies for Secure Boot: make sign KEY=db.key CERT=db.crt;
##                     SIGNED=1 puts them on what esp, disk, iso, usb and install make
export KEY CERT
sign: $(MEDIA_FILES) | $(BUILD)/have-SIGN
	$(Q)$(TOP)esp/sign.sh "$$KEY" "$$CERT" $(MEDIA_FILES)

# APPEND="..." is the command line. Its quotes survive in the environment, and nothing in it is for
# the shell.
export APPEND
MEDIA_WORDS = $(MEDIA_IMG) $${APPEND:+-c "$$APPEND"}

##   disk              build/stubborn.img, a GPT disk image that boots on all CPUs (APPEND=...)
disk: $(MEDIA_FILES) | $(BUILD)/have-DISK
	$(Q)$(TOP)esp/make-disk.sh $(BUILD)/$(NAME).img $(MEDIA_WORDS)

##   iso               build/stubborn.iso, the same as a CD or stick
iso: $(MEDIA_FILES) | $(BUILD)/have-ISO
	$(Q)$(TOP)esp/make-iso.sh $(BUILD)/$(NAME).iso $(MEDIA_WORDS)

##   usb               write the disk image to a stick: make usb DEV=/dev/sdX
usb: disk
	$(Q)FORCE=$(FORCE) $(TOP)esp/write-usb.sh $(BUILD)/$(NAME).img "$$DEV"

##   install           onto this machine: make install [ESP=/boot/efi] [OPTIONS="..."] [BOOT=next]
##   uninstall         remove it from this machine
ESP ?= /boot/efi
INSTALL_ARCH := $(shell uname -m)
INSTALL_BITS := $(shell cat /sys/firmware/efi/fw_platform_size 2> /dev/null)
INSTALL_EFI := $(if $(filter 32,$(INSTALL_BITS)),$(x86_64_EFI32),$($(INSTALL_ARCH)_EFI))
export OPTIONS BOOT ESP DEV
install: $(MEDIA_FILES) | $(BUILD)/have-INSTALL
	$(Q)$(TOP)esp/install.sh install "$$ESP" $(filter %/$(INSTALL_EFI),$(MEDIA_IMG)) "$$OPTIONS"

uninstall: | $(BUILD)/have-INSTALL
	$(Q)$(TOP)esp/install.sh uninstall "$$ESP"

##   run               boot it on QEMU: make run ARCH=aarch64 APPEND="mmu=off selftest"
run: $(ESP_IMG) | $(BUILD)/have-RUN_$(ARCH)
	BUILD=$(BUILD) $(TOP)esp/run-qemu.sh $(ARCH) $< $${APPEND:+--append "$$APPEND"}

##   debug             the same, stopped until gdb attaches (docs/debugging.md)
debug: $(ESP_IMG) | $(BUILD)/have-RUN_$(ARCH) $(BUILD)/have-DEBUG
	BUILD=$(BUILD) $(TOP)esp/run-qemu.sh $(ARCH) $< --debug \
		$${APPEND:+--append "$$APPEND"}

.PHONY: esp sign disk iso usb install uninstall run debug
