# SPDX-License-Identifier: MIT
# stubborn.mk - builds a kernel's sources into the file that boots, and runs it on a machine.
#
#	SRC := main.c irq.S				# default: all sources in this folder
#	include ../stubborn/sdk/stubborn.mk		# installed: PREFIX/lib/stubborn/stubborn.mk
#
# Variables, set before it or on the command line: SRC (.c .S .cc .cpp) and <isa>_SRC, RUST (a
# crate's first file), RUST_EDITION (default 2021), RUST_ALLOC=1 (with the crate alloc), OBJ and
# <isa>_OBJ (other objects and archives), NAME (of media, of the boot entry and its folder; default:
# kernel_wants.name, if files can have it, else this folder's name), PACKAGES (the Debian packages
# that it needs), ONLY (the CPUs that there are sources for, if not all), ARCHES, BUILD; CPPFLAGS,
# CFLAGS, CXXFLAGS, ASFLAGS, RUSTFLAGS (they come after ours); FPU=1 (compilers may use
# floating-point registers), LIBSTDCXX=1 (headers of C++'s own library, except those that include
# streams or a C library's: <memory> and <ranges> do), LIBSTUBBORN= (link without our library), SBAT
# (a file); in the source tree STUBBORN_SDK (a folder for what is built of the tree itself: default
# its build/). On the command line only: RUSTC, RUST_SOURCE (another Rust, and its folder library/).
# Targets: image (the default), esp, disk, iso, usb, sign, install, uninstall, run, debug, clean and
# help, and in the source tree doors.

sdk_mk := $(patsubst %/,%,$(dir $(abspath $(lastword $(MAKEFILE_LIST)))))
Q := $(if $(V),,@)
say = $(if $(V),@:,@echo "  $(1)  $@")
PYTHON := /usr/bin/python3
ARCH ?= x86_64
BUILD ?= build
LIBSTUBBORN ?= yes
ifneq ($(filter undefined environment,$(origin NAME)),)
NAME = $(or $(strip $(file <$(BUILD)/$(firstword $(ARCHES))/name)),$(notdir $(CURDIR)))
endif
ifneq ($(filter default undefined,$(origin CC)),)
CC := clang
endif
ifneq ($(filter default undefined,$(origin CXX)),)
CXX := clang++
endif
SRC ?= $(wildcard *.c *.S *.cc *.cpp)

.DELETE_ON_ERROR:
.PHONY: all image clean help sdk-parts
all: image

sdk_refuse = $(if $(strip $(1)),$(error $(strip $(1)): $(2)))
$(if $(word 2,$(sdk_mk)),$(call sdk_refuse,$(sdk_mk),make cannot handle blanks in these names))
include $(sdk_mk)/names.mk
$(call odd_name,sdk_mk CURDIR BUILD STUBBORN_SDK NAME,$(odd_in_make))
$(call sdk_refuse,$(filter -%,$(SRC)) $(filter-out %.c %.S %.cc %.cpp,$(SRC)),SRC takes files \
	without blanks in their names that end in .c .S .cc or .cpp; OBJ takes what other rules \
	make)
$(foreach sign,$(odd_signs) : $$,$(call sdk_refuse,$(foreach src,$(SRC),$(if $(findstring \
	$(sign),$(src)),$(src))),make cannot handle $(sign) in the name of a source))
# Objects of sources outside the folder lie below up/.
sdk_less = $(patsubst ../%,%,$(1))
sdk_far = $(foreach src,$(1),$(if $(findstring /../,/$(call sdk_less,$(call sdk_less,$(call \
	sdk_less,$(src))))),$(src)))
$(call sdk_refuse,$(call sdk_far,$(SRC)),SRC takes ../ at most three times and \
	only at the start of a name)
sdk_named = $(notdir $(firstword $(CC)) $(if $(filter %.cc %.cpp,$(SRC)),$(firstword $(CXX))))
sdk_gcc = $(filter gcc gcc-% %-gcc g++ g++-% %-g++,$(1)) \
	$(if $(findstring -gcc-,$(1))$(findstring -g++-,$(1)),$(1))
$(call sdk_refuse,$(foreach name,$(sdk_named),$(call sdk_gcc,$(name))),CC and CXX must be clang: \
	link what gcc has compiled through OBJ)

# Empty if the SDK is installed.
sdk_tree := $(wildcard $(sdk_mk)/../stub/exports)
TOP := $(if $(sdk_tree),$(abspath $(sdk_mk)/..),$(sdk_mk))/
sdk_known := $(sort $(patsubst $(TOP)arch/%/isa.mk,%,$(wildcard $(TOP)arch/*/isa.mk)))
ARCHES ?= $(sdk_known)
$(call sdk_refuse,$(filter-out $(sdk_known),$(ARCHES)),ARCHES takes any of $(sdk_known))
$(call sdk_refuse,$(filter-out $(sdk_known),$(ONLY)),ONLY takes any of $(sdk_known))
ifdef ONLY
sdk_skipped := $(filter-out $(ONLY),$(ARCHES))
override ARCHES := $(filter $(ONLY),$(ARCHES))
endif
ifneq ($(sdk_tree),)
STUBBORN_SDK ?= $(TOP)build
# make sdk runs in another folder.
override STUBBORN_SDK := $(abspath $(STUBBORN_SDK))
STUBBORN_LINK := $(sdk_mk)/stubborn-link
sdk_include := -idirafter $(TOP)include -idirafter $(TOP)
sdk_flags = $(sdk_mk)/$(1).flags
# One kernel's make after the other: two would write the same files at once.
sdk-parts: | $(BUILD)/have-BUILD
	$(if $(wildcard $(STUBBORN_SDK)/.),,@mkdir -p $(STUBBORN_SDK) 2> /dev/null || { echo \
		"$(STUBBORN_SDK) cannot be made: name another folder, make STUBBORN_SDK=...," \
		"or install the SDK" >&2; exit 1; })
	$(Q)flock $(TOP)Makefile $(MAKE) -C $(TOP) -s --no-print-directory sdk \
		KERNEL= BUILD=$(STUBBORN_SDK) ARCHES="$(ARCHES)" CC=clang CFLAGS=
else
STUBBORN_SDK := $(sdk_mk)
STUBBORN_LINK := $(sdk_mk)/../../bin/stubborn-link
sdk_include := -idirafter $(sdk_mk)/../../include -idirafter $(sdk_mk)/include
sdk_flags = $(sdk_mk)/$(1)/flags
sdk-parts: ;
endif
ifneq ($(filter run debug,$(MAKECMDGOALS)),)
$(check_arch)
endif
include $(TOP)packages.mk $(wildcard $(TOP)arch/*/isa.mk)
NEEDS_all := $(NEEDS_image)		# in the source tree it makes the ESP, too
.SECONDARY: $(foreach list,$(LISTS) KERNEL RUST,$(BUILD)/have-$(list))

IMAGES := $(foreach isa,$(ARCHES),$(addprefix $(BUILD)/$(isa)/,$($(isa)_EFI) $($(isa)_EFI32)))

##   image             the kernel and the stub in one file for each CPU of ARCHES (default)
image: $(IMAGES)
	$(if $(sdk_skipped),@echo \
		"  SKIP  $(notdir $(CURDIR)) for $(sdk_skipped): no sources for it")

# GCC's C++ headers mention long double, so the compiler must know floating-point registers, but is
# told not to use them. What is in c++/ stands in for a C library, and for an operating system.
ifdef LIBSTDCXX
PACKAGES += libstdc++-12-dev
sdk_fpu = $(if $(FPU),$($(1)_FPU),-mno-implicit-float)
# Evaluated late: the packages may have just been installed.
sdk_newest = $(lastword $(shell ls -dv $(1)/[0-9]*))
sdk_std = -isystem $(sdk_mk)/c++ -isystem $(call sdk_newest,/usr/include/c++) \
	-isystem $(call sdk_newest,/usr/include/*-linux-gnu/c++)
else
sdk_fpu = $($(1)_$(if $(FPU),,NO_)FPU)
endif

# Compiler command by suffix; $(1): CPU. The user's flags come last.
sdk_common = @$(call sdk_flags,$(1)) $(sdk_fpu) -Os -g $(sdk_include) \
	-include $(TOP)arch/$(1)/isa.h -MD -MP -ffile-prefix-map=$(CURDIR)=. $(CPPFLAGS)
sdk_cxx = $(CXX) $(sdk_common) -std=c++20 -Wall -fno-exceptions -fno-rtti \
	-fno-threadsafe-statics -fno-use-cxa-atexit -fno-finite-loops $(sdk_std) $(CXXFLAGS)
sdk.c = $(CC) $(sdk_common) -std=gnu2x -Wall $(CFLAGS)
sdk.S = $(CC) $(sdk_common) $(ASFLAGS)
sdk.cc = $(sdk_cxx)
sdk.cpp = $(sdk_cxx)
sdk_word.c := CC
sdk_word.S := AS
sdk_word.cc := CXX
sdk_word.cpp := CXX

sdk_compiled = $(call sdk.c,$(1)) $(call sdk.cc,$(1)) $(ASFLAGS) $(RUSTFLAGS) $(RUST_EDITION)
sdk_linked = $($(1)_obj) $(OBJ) $($(1)_OBJ) $(SBAT) $(LIBSTUBBORN)

# Keep kernel_wants.name for NAME.
sdk_take_name = $(STUBBORN_SDK)/read-wants $(@D)/$($(notdir $(@D))_EFI) \
	$$($${NM:-llvm-nm} $@ | sed -n 's/ . kernel_wants$$//p') | \
	sed -n '2 { /^[.-]/d; /[^A-Za-z0-9._-]/d; p; }' > $(@D)/name

# Compilers do not list what a source takes by .incbin. The whole path, as a file may be called like
# a target of ours; names that make could not read are left out.
sdk_incbin = sed 's/\.incbin/\n&/g' $< | \
	sed -n 's/^\.incbin[[:space:]]*\\*"\([A-Za-z0-9_./+-]*\)\\*".*/\1/p' | \
	while read -r file; do \
		[ ! -f "$$file" ] || realpath -s "$$file"; \
	done | sed 's|.*|$@: &\n&:|' >> $(@:.o=.d)

# $(1): CPU; $(2): suffix, part of the object's name so that irq.c and irq.S do not clash; $(3): its
# word; $(4), $(5): folder of objects and of sources
define sdk_rule
$(BUILD)/$(1)/obj/$(4)%$(2).o: $(5)%$(2) $(BUILD)/$(1)/compiled $(call sdk_flags,$(1)) | sdk-parts \
		$(BUILD)/have-BUILD $(BUILD)/have-KERNEL
	@mkdir -p $$(@D)
	$$(call say,$(3))
	$$(Q)$$(call sdk$(2),$(1)) -c -o $$@ $$<
	$$(Q)$$(sdk_incbin)
endef

ifdef RUST
include $(sdk_mk)/rust.mk
endif

sdk_built := $(addprefix $(STUBBORN_SDK)/,image-sum read-wants)
# What stubborn-link runs and reads, for each CPU.
sdk_tools = $(STUBBORN_LINK) $(wildcard $(sdk_mk)/explain/*) $(TOP)arch/$(1)/isa.mk $(sdk_built)
ifneq ($(sdk_tree),)
$(sdk_built): sdk-parts ; +@:
endif

define sdk_rules
$(1)_parts := $$(addprefix $(STUBBORN_SDK)/$(1)/,stub.o sbat.o libstubborn.a image.lds \
	$$($(1)_LDS_MORE))
$(1)_obj := $$(patsubst %,$(BUILD)/$(1)/obj/%.o,$$(subst ../,up/,$$(SRC) \
	$$($(1)_SRC) $$(RUST)))

# In the source tree they may have been made again: make has to look at their dates afterwards, and
# with -n and -q it does so only if there is a + (make 4.3).
$(if $(sdk_tree),$$($(1)_parts): sdk-parts ; +@:)

$(BUILD)/$(1)/compiled: export RECORD = $$(call sdk_compiled,$(1))
$(BUILD)/$(1)/compiled: $$(call if_changed,$(BUILD)/$(1)/compiled,$$(call sdk_compiled,$(1)))
	$$(record)

$(BUILD)/$(1)/linked: export RECORD = $$(call sdk_linked,$(1))
$(BUILD)/$(1)/linked: $$(call if_changed,$(BUILD)/$(1)/linked,$$(call sdk_linked,$(1)))
	$$(record)

$(BUILD)/$(1)/kernel.elf: $$($(1)_obj) $$(OBJ) $$($(1)_OBJ) $$($(1)_parts) $$(SBAT) \
		$(call sdk_tools,$(1)) $(BUILD)/$(1)/linked \
		$(call sdk_missing,$(filter $(BUILD)/$(1)/%,$(IMAGES)))
	@mkdir -p $$(@D)
	$$(call say,LINK)
	$$(Q)$$(STUBBORN_LINK) --arch $(1) --sdk $(STUBBORN_SDK) --elf $$@ \
		-o $(BUILD)/$(1)/$($(1)_EFI) \
		$(if $($(1)_EFI32),--ia32 $(BUILD)/$(1)/$($(1)_EFI32)) \
		$$(addprefix --sbat ,$$(SBAT)) $$($(1)_obj) $$(OBJ) $$($(1)_OBJ) \
		$$(if $$(LIBSTUBBORN),$(STUBBORN_SDK)/$(1)/libstubborn.a)
	$$(Q)$$(sdk_take_name)
$(filter $(BUILD)/$(1)/%,$(IMAGES)): $(BUILD)/$(1)/kernel.elf ;
-include $$($(1)_obj:.o=.d)
endef
# The linker makes them together with kernel.elf: if one is not there, it has to run.
sdk_missing = $(if $(filter-out $(wildcard $(1)),$(1)),FORCE)
sdk_level = $(eval $(call sdk_rule,$(1),$(2),$(sdk_word$(2)),$(subst ../,up/,$(3)),$(3)))
$(foreach isa,$(ARCHES),$(foreach suffix,.c .S .cc .cpp,$(call sdk_level,$(isa),$(suffix),) \
	$(foreach up,../ ../../ ../../../,$(call sdk_level,$(isa),$(suffix),$(up)))))
$(foreach isa,$(ARCHES),$(eval $(call sdk_rules,$(isa))))

include $(TOP)esp/esp.mk
ifneq ($(sdk_tree),)
include $(TOP)sdk/doors.mk
else
.PHONY: doors
doors:
	$(error doors needs the source tree: in it, make KERNEL=$(CURDIR) doors, for a Makefile \
		that includes $$(STUBBORN)/stubborn.mk)
endif

##   clean             remove what was built
clean:
	rm -rf $(BUILD)
ifneq ($(filter clean,$(MAKECMDGOALS)),)
.NOTPARALLEL:				# make -j clean image: one after the other
endif

##   help              this list
help:
	@echo "make TARGET [ARCH=x86_64|aarch64|riscv64] [V=1 to see the commands]"
	@sed -n 's|build/stubborn|$(BUILD)/$(NAME)|; s/^##//p' $(MAKEFILE_LIST)
