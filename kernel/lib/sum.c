/* SPDX-License-Identifier: MIT */
/* sum.c - the image's checksum. Pure, aligned loads only: runs in every regime, caches off too. */
#include "include/lib.h"

/*
 * Odd, so that multiplying by it loses nothing. Every step is a bijection of the sum before
 * it, so one changed word changes every later state; adding and xoring by turns makes
 * the order count, the multiplication spreads. 2^64 / golden ratio.
 */
#define SUM_FACTOR	0x9e3779b97f4a7c15ull
#define SUM_UNROLL	16	/* words a turn */

uint64_t sum64(const void *data, uint64_t size)
{
	const uint64_t *p = data, *end = p + size / sizeof(*p);
	uint64_t h = size;

	for (; end - p >= SUM_UNROLL; p += SUM_UNROLL) {
		h = ((((h + p[0]) ^ p[1]) + p[2]) ^ p[3]) + p[4];
		h = (((h ^ p[5]) + p[6]) ^ p[7]) * SUM_FACTOR;
		h = ((((h + p[8]) ^ p[9]) + p[10]) ^ p[11]) + p[12];
		h = (((h ^ p[13]) + p[14]) ^ p[15]) * SUM_FACTOR;
	}
	for (; p < end; p++)
		h = (h ^ *p) * SUM_FACTOR;
	return h;
}
