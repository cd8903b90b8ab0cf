/* SPDX-License-Identifier: MIT */
/* float.c - the only file that computes with double. */
#include "devices.h"

uint64_t float_sum(uint32_t terms)
{
	double sum = 0;

	for (uint32_t n = terms; n > 0; n--)	/* small terms first */
		sum += 1.0 / ((double)n * n);
	return (uint64_t)(sum * 1e6);
}
