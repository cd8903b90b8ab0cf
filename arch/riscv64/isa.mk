# SPDX-License-Identifier: MIT
# What the Makefile must know about riscv64.
# Linker relaxation is off: the image is small, and lld 14 has none. So calls are macros (calls.h),
# which clang expands only in assembly that it has written to a file.
# gp is firmware's: no small data.
# --discard-locals: AUIPC needs a label, which would look like a function in the symbol table.
riscv64_EFI := BOOTRISCV64.EFI
riscv64_FLAGS := --target=riscv64-none-elf -march=rv64imac -mabi=lp64 -mcmodel=medany \
	-mno-relax -msmall-data-limit=0 \
	-include arch/riscv64/calls.h -via-file-asm -Xclang -no-integrated-as
# -fpie would add a GOT for the stack protector's value: a page, and an instruction for each use.
# Without it a switch's jump table would hold pointers.
riscv64_GUARDS := -fno-pie -fno-jump-tables
# Files that -Os makes smaller than -Oz here.
riscv64_QUICK := arch/riscv64/boot/levels.c stub/finish.c stub/raw/room.c
# Compiled with -O2.
riscv64_FAST := lib/fdt.c
riscv64_LINK := --icf=all
riscv64_LDS := -DPE_MACHINE=0x5064 -DIDMAP_MAX=0x100 -DLDS_FORMAT=elf64-littleriscv \
	-DLDS_HEAD='"arch/riscv64/boot/header.lds.S"'
riscv64_LD := --discard-locals
# With FPU=1 compilers may use floating-point registers, but not to pass arguments. Without it
# -march above is enough.
riscv64_FPU := -march=rv64imafdc
riscv64_RUST := riscv64imac-unknown-none-elf
riscv64_REGIMES := off identity mapped

# A machine for it in QEMU: its name and CPU, firmware's code and variables, a screen, and what
# an instruction that jumps to itself looks like.
riscv64_QEMU := virt rv64
riscv64_FIRMWARE := /usr/lib/u-boot/qemu-riscv64_smode/u-boot.bin
riscv64_SCREEN :=
riscv64_STOP := \157\000\000\000

# For libstubborn.a: the instruction by which it jumps to the stub's functions that both halves
# share, and this CPU's files of such functions (SHARED in the Makefile).
riscv64_JUMP := j
riscv64_SHARED := $(addprefix arch/riscv64/boot/,pgtable.c put.c rhct.c trap_describe.c tree.c)
