/* SPDX-License-Identifier: MIT */
/* x86_64.c - the mathematics that stb_truetype needs; Debian has no picolibc for this CPU. */
#include "lib/print.h"
#include "third.h"

double floor(double x);
double ceil(double x);
double sqrt(double x);
double fabs(double x);

void float_on(void)			/* CR0 and CR4 already allow it: reset the state */
{
	const uint32_t mxcsr = 0x1f80;	/* as after a reset: all exceptions masked */

	__asm__ volatile("fninit; ldmxcsr %0" :: "m"(mxcsr));
}

double floor(double x)			/* for coordinates, which fit in an int */
{
	const double whole = (double)(int64_t)x;

	return whole > x ? whole - 1 : whole;
}

double ceil(double x)
{
	return -floor(-x);
}

double sqrt(double x)
{
	__asm__("sqrtsd %0, %0" : "+x"(x));
	return x;
}

double fabs(double x)
{
	return x < 0 ? -x : x;
}

void decimal(char *to, size_t size, double x)
{
	const uint64_t thousandths = (uint64_t)(x * 1000 + 0.5);

	text_format(to, size, "%llu.%03llu", (unsigned long long)thousandths / 1000,
		    (unsigned long long)thousandths % 1000);
}
