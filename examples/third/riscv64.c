/* SPDX-License-Identifier: MIT */
/* riscv64.c - floating point. */
#include "third.h"

#define SSTATUS_FS	(3u << 13)

double sqrt(double x);

void float_on(void)
{
	__asm__ volatile("csrs sstatus, %0; fscsr zero" :: "r"((uint64_t)SSTATUS_FS));
}

double sqrt(double x)
{
	__asm__("fsqrt.d %0, %0" : "+f"(x));
	return x;
}
