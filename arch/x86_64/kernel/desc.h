/* SPDX-License-Identifier: MIT */
/* desc.h - descriptor tables for a kernel whose interrupts return. */
#ifndef KERNEL_DESC_H
#define KERNEL_DESC_H
#include "kernel/cpu/cpu.h"

/* Make c's tables, and use them on this CPU. The boot CPU first: all share its IDT. */
void desc_start(struct cpu *c);
#endif
