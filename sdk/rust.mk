# SPDX-License-Identifier: MIT
# Kernels in Rust, with rustc alone: core is built from Debian's rust-src, as rustc has none for
# these targets, and alloc if RUST_ALLOC is set. RUSTC_BOOTSTRAP=1 lets a stable compiler build
# them; core's edition is the one that its authors chose. RUSTFLAGS come last.
RUSTC := /usr/bin/rustc
RUST_SOURCE = $(lastword $(shell ls -dv /usr/src/rustc-*/library))
RUST_CORE ?= $(if $(wildcard $(TOP)stub/exports),$(STUBBORN_SDK),$(BUILD))
RUST_EDITION ?= 2021
sdk_rust = RUSTC_BOOTSTRAP=1 $(RUSTC) --target $($(1)_RUST) -C panic=abort \
	-C relocation-model=pie -C code-model=small -C force-frame-pointers -C opt-level=s

# core depends on the compiler, not on the kernel: built once. $(1): CPU. The kernel's object is an
# archive with all crates in it: only for one does rustc write the calls of its #[global_allocator].
define rust_rules
$(RUST_CORE)/$(1)/rust/libcore.rlib: $(sdk_mk)/rust.mk | $(BUILD)/have-RUST
$(RUST_CORE)/$(1)/rust/liballoc.rlib: $(RUST_CORE)/$(1)/rust/libcompiler_builtins.rlib
$(RUST_CORE)/$(1)/rust/libcore.rlib $(RUST_CORE)/$(1)/rust/liballoc.rlib: \
		$(RUST_CORE)/$(1)/rust/lib%.rlib:
	@mkdir -p $$(@D)
	$$(call say,RUST)
	$$(Q)$$(call sdk_rust,$(1)) --cap-lints allow -L $$(@D) --crate-type rlib \
		--edition $$$$(sed -n 's/^edition = "\(.*\)"/\1/p' $$(RUST_SOURCE)/$$*/Cargo.toml) \
		--crate-name $$* -o $$@.part $$(RUST_SOURCE)/$$*/src/lib.rs
	$$(Q)mv $$@.part $$@

$(RUST_CORE)/$(1)/rust/libcompiler_builtins.rlib: $(sdk_mk)/builtins.rs \
		$(RUST_CORE)/$(1)/rust/libcore.rlib
	$$(call say,RUST)
	$$(Q)$$(call sdk_rust,$(1)) --edition 2021 --extern core=$$(@D)/libcore.rlib \
		--crate-type rlib --crate-name compiler_builtins -o $$@ $$<

$(BUILD)/$(1)/obj/%.rs.o: %.rs $(BUILD)/$(1)/compiled \
		$(RUST_CORE)/$(1)/rust/lib$(if $(RUST_ALLOC),alloc,compiler_builtins).rlib \
		| sdk-parts
	@mkdir -p $$(@D)
	$$(call say,RUST)
	$$(Q)$$(call sdk_rust,$(1)) --edition $$(RUST_EDITION) -g -C codegen-units=1 \
		--crate-type staticlib -L $(RUST_CORE)/$(1)/rust \
		--remap-path-prefix $(CURDIR)=. $$(RUSTFLAGS) \
		--out-dir $$(@D) --emit link=$$@,dep-info=$$(@:.o=.d) $$<
	$$(Q)sed -i 's|^.*\.a:|$$@:|' $$(@:.o=.d)	# rustc names another target
endef
$(foreach isa,$(ARCHES),$(eval $(call rust_rules,$(isa))))
