# SPDX-License-Identifier: MIT
# What the Makefile must know about aarch64.
# With the MMU off all memory is Device: no unaligned access anywhere in the image.
# x18 belongs to firmware (UEFI 2.10, 2.3.6), whose interrupt handlers may use it.
# Cortex-A53's errata: README.md here.
aarch64_EFI := BOOTAA64.EFI
aarch64_FLAGS := --target=aarch64-none-elf -mgeneral-regs-only -mstrict-align \
	-mcmodel=small -mno-outline-atomics -ffixed-x18 -mfix-cortex-a53-835769 -DEFIAPI=
aarch64_LINK :=
aarch64_LDS := -DPE_MACHINE=0xaa64 -DIDMAP_ALIGN=0x400 -DLDS_FORMAT=elf64-littleaarch64 \
	-DLDS_HEAD='"arch/aarch64/boot/header.lds.S"'
