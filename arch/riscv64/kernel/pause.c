/* SPDX-License-Identifier: MIT */
/* pause.c - a hint for loops that wait for another CPU. */
#include "arch/smp.h"

void arch_pause(void)
{
	/* pause (Zihintpause); without it a fence that orders nothing */
	__asm__ volatile(".word 0x0100000f" ::: "memory");
}
