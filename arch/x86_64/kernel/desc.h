/* SPDX-License-Identifier: MIT */
/* desc.h - descriptor tables of a kernel whose interrupts return. */
#ifndef KERNEL_DESC_H
#define KERNEL_DESC_H
#include "kernel/cpu/cpu.h"

enum {				/* SDM 3A table 6-1 */
	VECTOR_NMI = 2, VECTOR_BP = 3, VECTOR_DF = 8, VECTOR_TS = 10, VECTOR_NP = 11,
	VECTOR_SS = 12, VECTOR_GP = 13, VECTOR_PF = 14, VECTOR_MC = 18,
};

/* Make c's tables, and use them on this CPU. The boot CPU first: the IDT is everybody's. */
void desc_start(struct cpu *c);
#endif
