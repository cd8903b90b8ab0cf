/* SPDX-License-Identifier: MIT */
/* isa.h - what generic code must know about x86_64 at compile time; isa.mk includes it first. */
#ifndef ISA_H
#define ISA_H

/* Half of what four levels translate, less the image's 512 GiB (arch_space). */
#define ARCH_REACH	((1ull << 47) - (512ull << 30))
#define ARCH_REACH_MAX	ARCH_REACH
#define ARCH_MODES	0

#define ARCH_AREA_BASE	ARCH_REACH
#define ARCH_AREA	(512ull << 30)

#ifndef ARCH_CLEANS		/* host tests set it */
#define ARCH_CLEANS	0
#endif
#define ARCH_PORTS	1
#define ARCH_TOLD	0
#define ARCH_CALLS	0
#define ARCH_DENIES	0
#define ARCH_MARKS	0
#define ARCH_WIDE	1
#define ARCH_TRAMPOLINE	1
#define ARCH_BREAKS	0
#define ARCH_SWAPS	1
#define ARCH_FRAME	0

#define ARCH_IRQS	255	/* vectors; the last is the spurious one */
#define ARCH_IPIS	7
#define ARCH_CELLS	3	/* an interrupt in a device tree, which a PC lacks */

#define ARCH_CPU_READ	"movq %%gs:0, %0"	/* struct cpu's `self` */

#ifndef EFIAPI		/* firmware's calling convention; tests have their own */
#define EFIAPI __attribute__((ms_abi))
#endif
#endif
