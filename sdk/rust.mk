# SPDX-License-Identifier: MIT
# Kernels in Rust, with rustc alone: core is built from Debian's rust-src, as rustc has none for
# these targets. RUSTC_BOOTSTRAP=1 lets a stable compiler build it. RUSTFLAGS come last.
RUSTC := /usr/bin/rustc
RUST_SOURCE = $(lastword $(shell ls -dv /usr/src/rustc-*/library))
RUST_CORE ?= $(if $(wildcard $(TOP)stub/exports),$(STUBBORN_SDK),$(BUILD))
sdk_rust = RUSTC_BOOTSTRAP=1 $(RUSTC) --edition 2021 --target $($(1)_RUST) -C panic=abort \
	-C relocation-model=pie -C code-model=small -C force-frame-pointers

# core depends on the compiler, not on the kernel: built once. $(1): CPU
define rust_rules
$(RUST_CORE)/$(1)/rust/libcore.rlib: $(sdk_mk)/rust.mk | $(BUILD)/have-RUST
	@mkdir -p $$(@D)
	$$(call say,RUST)
	$$(Q)$$(call sdk_rust,$(1)) -C opt-level=s --cap-lints allow --crate-type rlib \
		--crate-name core -o $$@.part $$(RUST_SOURCE)/core/src/lib.rs
	$$(Q)mv $$@.part $$@

$(RUST_CORE)/$(1)/rust/libcompiler_builtins.rlib: $(sdk_mk)/builtins.rs \
		$(RUST_CORE)/$(1)/rust/libcore.rlib
	$$(call say,RUST)
	$$(Q)$$(call sdk_rust,$(1)) -C opt-level=s --extern core=$$(@D)/libcore.rlib \
		--crate-type rlib --crate-name compiler_builtins -o $$@ $$<

$(BUILD)/$(1)/obj/%.rs.o: %.rs $(RUST_CORE)/$(1)/rust/libcompiler_builtins.rlib \
		$(BUILD)/$(1)/compiled | sdk-parts
	@mkdir -p $$(@D)
	$$(call say,RUST)
	$$(Q)$$(call sdk_rust,$(1)) -C opt-level=s -g -C codegen-units=1 --crate-type lib \
		-L $(RUST_CORE)/$(1)/rust --remap-path-prefix $(CURDIR)=. $$(RUSTFLAGS) \
		--out-dir $$(@D) --emit obj=$$@,dep-info=$$(@:.o=.d) $$<

$(1)_OBJ += $(RUST_CORE)/$(1)/rust/libcompiler_builtins.rlib \
	$(RUST_CORE)/$(1)/rust/libcore.rlib
endef
$(foreach isa,$(ARCHES),$(eval $(call rust_rules,$(isa))))
