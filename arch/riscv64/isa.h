/* SPDX-License-Identifier: MIT */
/* isa.h - what generic code must know about riscv64 at compile time; isa.mk includes it first. */
#ifndef ISA_H
#define ISA_H

/*
 * How far tables reach depends on their levels: boot/levels.c. Sv39, which every CPU with an MMU
 * has, translates 256 GiB in each half: its direct map takes the first 160 of the upper one, as the
 * kernel's own area and the image (arch_space) are in its last 96, in every mode.
 */
#define ARCH_MODES	1
#define ARCH_REACH	arch_map_reach
#define ARCH_REACH_MAX	((1ull << 47) - (512ull << 30))
#define ARCH_AREA_BASE	(0 - (96ull << 30))
#define ARCH_AREA	(64ull << 30)
#ifndef __ASSEMBLER__
extern __UINT64_TYPE__ arch_map_reach;
#endif

#ifndef ARCH_CLEANS		/* host tests set it */
#define ARCH_CLEANS	0
#endif
#define ARCH_PORTS	0
#define ARCH_TOLD	1
#define ARCH_CALLS	1
#define ARCH_DENIES	1
#define ARCH_MARKS	0
#define ARCH_WIDE	0
#define ARCH_TRAMPOLINE	0	/* boot/jump.S goes on at stvec if the next fetch faults */
#define ARCH_BREAKS	0
#define ARCH_SWAPS	0	/* not without Zbb */
#define ARCH_FRAME	16	/* s0 is the stack pointer before the two words were pushed */

#define ARCH_IRQS	1020	/* devices' below 1008; then the hart's own: irq.h */
#define ARCH_IPIS	2
#define ARCH_CELLS	1	/* an interrupt in a device tree; an APLIC's has flags, too */

#define ARCH_CPU_READ	"csrr %0, sscratch"	/* which traps exchange, and put back */

#ifndef EFIAPI		/* firmware's calling convention; tests have their own */
#define EFIAPI
#endif
#endif
