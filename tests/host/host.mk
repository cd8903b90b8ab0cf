# SPDX-License-Identifier: MIT
# What the host tests are linked with: an archive of everything in lib/ and stub/ and of the fakes
# that stand in for a CPU and an image, and one of kernel/, once for each set of flags ("flavour").
# The linker takes what a test leaves undefined, so no test lists sources, and a test's own function
# takes precedence over the real one. What every CPU defines is in an archive for each CPU.
HOST := $(BUILD)/host
HOST_CC ?= clang
# The CPU whose definitions are used where a test is not built for each.
HOST_ISA := x86_64
HOST_OPT ?= -g -O1
HOST_CFLAGS := -std=gnu2x $(HOST_OPT) -fno-omit-frame-pointer -fno-strict-aliasing \
	-fno-delete-null-pointer-checks -Wall -Wextra -Werror -I. -include arch/$(HOST_ISA)/isa.h \
	-DARCH_CLEANS=1 -DEFIAPI= -DSTUBBORN_VERSION='"0"'
HOST_LINK := -fuse-ld=lld -Wl,--as-needed -Wl,-T,tests/host/image.lds
HOST_ISAS := $(sort $(patsubst arch/%/isa.mk,%,$(wildcard arch/*/isa.mk)))
include $(patsubst %,arch/%/isa.mk,$(filter-out $(ARCHES),$(HOST_ISAS)))

# Not `function`, new in clang 17: firmware's services are called by one type, efi_runtime.c's.
HOST_san := -fsanitize=address,undefined -fno-sanitize=function -fno-sanitize-recover=all
HOST_fuzz := $(HOST_san) -fsanitize=fuzzer-no-link
HOST_cover := -fprofile-instr-generate -fcoverage-mapping
HOST_fuzzcover := $(HOST_fuzz) $(HOST_cover)
HOST_mutate := $(HOST_fuzzcover) -Wno-error
HOST_threads := -fsanitize=thread
HOST_stores := $(HOST_san) -fsanitize-coverage=bb,trace-stores

# Its functions have names of the C library: test_lib.c includes string.c with other names.
HOST_stub_SRC := $(filter-out lib/string.c,$(sort $(foreach d,arch lib stub, \
	$(wildcard $(d)/*.c $(d)/*/*.c)))) $(wildcard tests/host/arch/*.c) \
	tests/host/image.c tests/host/reuse.c
HOST_kernel_SRC := $(filter-out kernel/cpu/guard.c,$(sort $(wildcard kernel/*.c kernel/*/*.c)))
HOST_SRC := $(HOST_stub_SRC) $(HOST_kernel_SRC)

define HOST_FLAVOUR
$(HOST)/$(1)/%.o: %.c tests/host/host.mk | $(BUILD)/have-HOST
	@mkdir -p $$(@D)
	$$(call say,CC)
	$$(Q)$$(HOST_CC) $$(HOST_CFLAGS) $$(HOST_$(1)) $$(HOST_MORE) -MMD -MP -c -o $$@ $$<
$(foreach a,stub kernel,$(HOST)/$(1)/$(a).a: $(HOST_$(a)_SRC:%.c=$(HOST)/$(1)/%.o)
)
$(foreach i,$(HOST_ISAS),$(HOST)/$(1)/$(i).a: $(patsubst %.c,$(HOST)/$(1)/%.o,\
	arch/$(i)/boot/pgtable.c arch/$(i)/kernel/pgedit.c \
	$(wildcard arch/$(i)/boot/cpuid.c) tests/host/unit/pgtable_$(i).c)
)
$(HOST)/$(1)/%.a:
	$$(call say,AR)
	$$(Q)rm -f $$@ && llvm-ar rcsT $$@ $$^
endef
$(foreach f,san fuzz cover fuzzcover mutate stores,$(eval $(call HOST_FLAVOUR,$(f))))
-include $(shell find $(HOST) -name "*.d" 2>/dev/null)

# The archives of flavour $(1) for CPU $(2): of the stub alone, and with the kernel.
host_stub = $(addprefix $(HOST)/$(1)/,stub.a $(2).a)
host_archives = $(host_stub) $(HOST)/$(1)/kernel.a

# Helpers: for each header in tests/host that $(1) includes, directly or not, the .c file of the
# same name, if there is one.
host_headers = $(patsubst "%",%,$(filter "tests/host/%.h",$(file <$(1))))
host_reach = $(1) $(foreach h,$(call host_headers,$(1)),$(call host_reach,$(h)))
host_helpers = $(filter-out $(1) $(HOST_SRC),$(wildcard $(patsubst %.h,%.c, \
	$(sort $(call host_reach,$(1))))))
# $(1): flavour, $(2): the file with main
host_objects = $(patsubst %.c,$(HOST)/$(1)/%.o,$(2) $(call host_helpers,$(2)))
