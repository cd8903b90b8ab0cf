/* SPDX-License-Identifier: MIT */
/*
 * math.c - the mathematics that stb_truetype needs, without a C library: Debian has no picolibc for
 * x86_64, and riscv64's uses another calling convention for floating point than our stub.
 */
#include "lib/print.h"
#include "third.h"

double floor(double x);
double ceil(double x);
double fabs(double x);

double floor(double x)			/* for coordinates, which fit in an int */
{
	const double whole = (double)(int64_t)x;

	return whole > x ? whole - 1 : whole;
}

double ceil(double x)
{
	return -floor(-x);
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
