/* SPDX-License-Identifier: MIT */
/* x86_64.c - floating point. */
#include "third.h"

double sqrt(double x);

void float_on(void)			/* CR0 and CR4 already allow it: reset the state */
{
	const uint32_t mxcsr = 0x1f80;	/* as after a reset: all exceptions masked */

	__asm__ volatile("fninit; ldmxcsr %0" :: "m"(mxcsr));
}

double sqrt(double x)
{
	__asm__("sqrtsd %0, %0" : "+x"(x));
	return x;
}
