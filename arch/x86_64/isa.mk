# SPDX-License-Identifier: MIT
# What the Makefile must know about x86_64.
# No SSE or x87 in the kernel, no red zone (firmware's interrupts use our stack).
x86_64_EFI := BOOTX64.EFI
x86_64_FLAGS := --target=x86_64-none-elf -mgeneral-regs-only -mno-red-zone \
	-mcmodel=small -DEFIAPI='__attribute__((ms_abi))'
x86_64_LDS := -DPE_MACHINE=0x8664 -DIDMAP_ALIGN=0x100 -DLDS_FORMAT=elf64-x86-64
# Who reads what a loader without firmware passes.
x86_64_DOORS := stub/from_pc.c
