# SPDX-License-Identifier: MIT
# What the Makefile must know about aarch64.
# With the MMU off all memory is Device: no unaligned access anywhere in the image.
# x18 belongs to firmware (UEFI 2.10, 2.3.6), whose interrupt handlers may use it.
# Cortex-A53's errata: README.md here.
# FILE_ALIGN: firmware that refuses files with less than a page (Q-118).
# Scheduling after register allocation hides equal sequences from the outliner.
aarch64_EFI := BOOTAA64.EFI
aarch64_NO_FPU := -mgeneral-regs-only
aarch64_FLAGS := --target=aarch64-none-elf $(aarch64_NO_FPU) -mstrict-align \
	-mcmodel=small -mno-outline-atomics -ffixed-x18 -mfix-cortex-a53-835769 \
	-mllvm -enable-post-misched=false
# -mcmodel=small is position independent in any case: -fpie would only add a GOT, for instance for
# the stack protector's value. Without -fpie a switch's jump table would hold pointers.
aarch64_KERNEL := -fno-pie -fno-jump-tables
# Of the files in QUICK those that must be small here.
aarch64_SMALL := lib/%.c stub/reach.c stub/efi/place.c \
	$(addprefix arch/aarch64/boot/,cpu.c pgtable.c)
# Signed return addresses: older CPUs execute these instructions as NOPs.
aarch64_MARKS := -mbranch-protection=bti
aarch64_GUARDS := -mstack-protector-guard=global -mbranch-protection=pac-ret+bti
aarch64_LINK := --icf=all
aarch64_LDS := -DPE_MACHINE=0xaa64 -DIDMAP_MAX=0x400 -DLDS_FORMAT=elf64-littleaarch64 \
	-DLDS_HEAD='"arch/aarch64/boot/header.lds.S"' -DFILE_ALIGN=0x1000
aarch64_LD := --fix-cortex-a53-843419
aarch64_RUST := aarch64-unknown-none-softfloat
aarch64_REGIMES := off identity mapped

# A machine for it in QEMU: its name and CPU, firmware's code and variables, a screen, and what
# an instruction that jumps to itself looks like.
aarch64_QEMU := virt cortex-a72
aarch64_FIRMWARE := /usr/share/AAVMF/AAVMF_CODE.fd /usr/share/AAVMF/AAVMF_VARS.fd
aarch64_SCREEN := ramfb
aarch64_STOP := \000\000\000\024

# For libstubborn.a: the instruction by which it jumps to the stub's functions that both halves
# share, and this CPU's files of such functions (SHARED in the Makefile).
aarch64_JUMP := b
aarch64_SHARED := $(addprefix arch/aarch64/boot/,cache.S drop.c idmap.c jump.S pgtable.c plan.c \
	trap_class.c vectors.S)
