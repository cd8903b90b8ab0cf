/* SPDX-License-Identifier: MIT */
/* desc.h - descriptor tables for a kernel whose interrupts return. */
#ifndef KERNEL_DESC_H
#define KERNEL_DESC_H
#include "kernel/cpu/cpu.h"

/* Fill c's tables and load them on this CPU. On the boot CPU first: it fills the IDT for all. */
void desc_start(struct cpu *c);
#endif
