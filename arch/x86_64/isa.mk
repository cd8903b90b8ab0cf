# SPDX-License-Identifier: MIT
# What the Makefile must know about x86_64.
# No SSE or x87 in the kernel, no red zone (firmware's interrupts use our stack).
x86_64_EFI := BOOTX64.EFI
# Where loaders of kernel.elf (PVH) put it: they do not relocate.
x86_64_LOAD := 0x200000
x86_64_NO_FPU := -mgeneral-regs-only
x86_64_FLAGS := --target=x86_64-none-elf $(x86_64_NO_FPU) -mno-red-zone \
	-mcmodel=small -DLOAD_ADDRESS=$(x86_64_LOAD)
x86_64_LDS := -DPE_MACHINE=0x8664 -DIDMAP_MAX=0x80 -DLDS_FORMAT=elf64-x86-64 \
	-DLDS_TAIL='"arch/x86_64/pc/header.lds.S"' -DEFI32 -DELF_DOOR=linux64_entry \
	-DLOAD_ADDRESS=$(x86_64_LOAD)
x86_64_EFI32 := BOOTIA32.EFI
x86_64_LDS32 := -UPE_MACHINE -DPE_MACHINE=0x14c -DPE32
x86_64_LDS_MORE := image32.lds
x86_64_GUARDS := -mstack-protector-guard=global
x86_64_LINK := --icf=all --ia32 $(BUILD)/x86_64/$(x86_64_EFI32)
x86_64_LD :=
x86_64_RUST := x86_64-unknown-none
x86_64_REGIMES := identity mapped

# A machine for it in QEMU: its name and CPU, firmware's code and variables, a screen if the machine
# has none, and what an instruction that jumps to itself looks like.
x86_64_QEMU := q35 qemu64
x86_64_FIRMWARE := /usr/share/OVMF/OVMF_CODE_4M.fd /usr/share/OVMF/OVMF_VARS_4M.fd
x86_64_SCREEN :=
x86_64_STOP := \353\376

# For libstubborn.a: the instruction by which it jumps to the stub's functions that both halves
# share, and this CPU's files of such functions (SHARED in the Makefile).
x86_64_JUMP := jmp
x86_64_SHARED := $(addprefix arch/x86_64/boot/,exception.c jump.S pgtable.c)
