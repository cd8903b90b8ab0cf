/* SPDX-License-Identifier: MIT */
/* sum.c - the image's checksum. Pure, only aligned loads: works in every regime, also uncached. */
#include "lib/sum.h"

/*
 * Odd, so multiplying by it loses nothing. Every step is a bijection of the previous sum, so one
 * changed word changes all later states. Alternating add and xor makes order count; the
 * multiplication spreads bits. 2^64 / golden ratio.
 */
#define SUM_FACTOR	0x9e3779b97f4a7c15ull
#define SUM_UNROLL	32	/* words per turn */

static inline uint64_t sum_eight(uint64_t h, const uint64_t *p)
{
	h = ((((h + p[0]) ^ p[1]) + p[2]) ^ p[3]) + p[4];
	return ((h ^ p[5]) + p[6]) ^ p[7];
}

uint64_t sum64(uint64_t sum, const void *data, uint64_t size)
{
	const uint64_t *p = data, *end = p + size / sizeof(*p);
	uint64_t h = sum + size;

	for (; end - p >= SUM_UNROLL; p += SUM_UNROLL) {
		h = sum_eight(h * SUM_FACTOR, p);
		h = sum_eight(h, p + 8);
		h = sum_eight(h * SUM_FACTOR, p + 16);
		h = sum_eight(h, p + 24);
	}
	for (; p < end; p++)
		h = (h ^ *p) * SUM_FACTOR;
	return h;
}
