/* SPDX-License-Identifier: MIT */
/* pause.c - a hint for loops that wait for another CPU. */
#include "arch/smp.h"

void arch_pause(void)
{
	__asm__ volatile("pause" ::: "memory");
}
