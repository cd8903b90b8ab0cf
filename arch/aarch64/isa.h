/* SPDX-License-Identifier: MIT */
/* isa.h - what generic code must know about aarch64 at compile time; isa.mk includes it first. */
#ifndef ISA_H
#define ISA_H

/* Half of what four levels translate, less the image's 512 GiB (arch_space). */
#define ARCH_REACH	((1ull << 47) - (512ull << 30))
#define ARCH_REACH_MAX	ARCH_REACH
#define ARCH_MODES	0

#define ARCH_AREA_BASE	ARCH_REACH
#define ARCH_AREA	(512ull << 30)

#ifndef ARCH_CLEANS		/* host tests set it */
#define ARCH_CLEANS	1
#endif
#define ARCH_PORTS	0
#define ARCH_TOLD	0
#define ARCH_CALLS	0
#define ARCH_DENIES	0
#define ARCH_MARKS	1
#define ARCH_WIDE	0
#define ARCH_TRAMPOLINE	1
#define ARCH_BREAKS	1	/* as kernel/pgedit.c says, too */
#define ARCH_SWAPS	1
#define ARCH_FRAME	0

#define ARCH_IRQS	1020	/* INTIDs; the next four mean that there is none */
#define ARCH_IPIS	7	/* SGIs 1 to 7: firmware may have kept 8 and more */
#define ARCH_CELLS	3	/* an interrupt in a device tree: type, number, flags */

#define ARCH_CPU_READ	"mrs %0, tpidr_el1"	/* also at EL2: nothing runs at EL1 then */

#ifndef EFIAPI		/* firmware's calling convention; tests have their own */
#define EFIAPI
#endif
#endif
