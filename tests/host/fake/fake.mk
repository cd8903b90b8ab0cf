# SPDX-License-Identifier: MIT
# The stub on the host, on a firmware that does everything badly. `make fake` builds the real
# files of stub/ and lib/ with ASan and UBSan, runs every case, then a short fuzzing.
FAKE := $(BUILD)/fake
FAKE_CC ?= clang
# The image's symbols are addresses of this program: it must lie low and not move.
FAKE_CFLAGS := -std=gnu2x -g -O1 -fno-omit-frame-pointer -fno-pie -Wall -Wextra -Werror -I. \
	-DEFIAPI= -fno-strict-aliasing -fno-delete-null-pointer-checks
FAKE_SANITIZE := -fsanitize=address,undefined -fno-sanitize-recover=all
FAKE_RUNS ?= $(if $(CHECK),1000,20000)
FAKE_SOAK ?= 3600

FAKE_STUB := $(filter-out stub/fault.c stub/enter.c,$(wildcard stub/*.c stub/efi/*.c)) \
	stub/raw/place.c stub/raw/room.c \
	$(addprefix lib/,mapplan.c reloc.c sum.c print.c wants.c fdt.c fdt_console.c utf.c) \
	lib/console/uart.c \
	arch/x86_64/boot/pgtable.c
# Their variables are those of the image: see image_head.c.
FAKE_IMAGE := lib/console/console.c lib/crumb.c lib/console/panic.c
FAKE_OWN := $(addprefix tests/host/fake/,cpu.c machine.c memory.c services.c files.c \
	devices.c clock.c tree.c run.c check.c knobs.c)
FAKE_MAIN := $(addprefix tests/host/fake/,main.c sweeps.c cases_memory.c cases_devices.c \
	cases_text.c cases_handover.c)
FAKE_HEADERS := $(wildcard include/*/*.h lib/*.h lib/*/*.h stub/*.h stub/*/*.h arch/*.h \
	tests/host/fake/*.h)

# $(1): a folder for objects, $(2): flags, $(3): flags of the stub alone, $(4): sources besides,
# $(5): flags to link with
define FAKE_RULES
$(FAKE)/$(1)/%.o: %.c $(FAKE_HEADERS) tests/host/fake/fake.mk | $(BUILD)/have-FAKE
	@mkdir -p $$(@D)
	$$(Q)$$(FAKE_CC) $$(FAKE_CFLAGS) $(2) $$(if $$(filter tests/%,$$<),,$(3)) -c -o $$@ $$<
$(FAKE)/$(1)/%.image.o: $(FAKE)/$(1)/%.o
	$$(Q)$$(OBJCOPY) --rename-section .data=.image $$< $$@
$(FAKE)/fake-$(1): $(FAKE)/$(1)/tests/host/fake/image_head.o \
		$(FAKE_IMAGE:%.c=$(FAKE)/$(1)/%.image.o) $(FAKE)/$(1)/tests/host/fake/image_tail.o \
		$(patsubst %.c,$(FAKE)/$(1)/%.o,$(FAKE_STUB) $(FAKE_OWN) $(4))
	$$(call say,LD)
	$$(Q)$$(FAKE_CC) $(2) $(5) -no-pie -fuse-ld=lld -o $$@ $$^
endef
$(eval $(call FAKE_RULES,run,$(FAKE_SANITIZE),,$(FAKE_MAIN)))
$(eval $(call FAKE_RULES,fuzz,$(FAKE_SANITIZE),-fsanitize=fuzzer-no-link,tests/host/fake/fuzz.c,\
	-fsanitize=fuzzer))
$(eval $(call FAKE_RULES,cover,-fprofile-instr-generate -fcoverage-mapping,,$(FAKE_MAIN)))

##   fake              the stub on the host, on a firmware that does everything badly
.PHONY: fake fake-coverage soak-fake
fake: $(FAKE)/fake-run $(FAKE)/fake-fuzz
	@tests/host/fake/run.sh $(FAKE) $(FAKE_RUNS)

##   fake-coverage     which lines of the stub that runs
fake-coverage: $(FAKE)/fake-cover
	@tests/host/fake/coverage.sh $(FAKE) $(FAKE_STUB) $(FAKE_IMAGE)

soak: soak-fake
soak-fake: $(FAKE)/fake-run $(FAKE)/fake-fuzz
	@tests/host/fake/run.sh $(FAKE) -1 $(FAKE_SOAK)
