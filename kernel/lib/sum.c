/* SPDX-License-Identifier: MIT */
/* sum.c - the image's checksum. Pure, aligned loads only: runs in every regime, caches off too. */
#include "include/lib.h"

/*
 * Odd, so that multiplying by it loses nothing: the sum after a word is a bijection of the
 * sum before it, and one changed word changes every later state. 2^64 / golden ratio.
 */
#define SUM_FACTOR	0x9e3779b97f4a7c15ull
#define SUM_UNROLL	8

static inline uint64_t sum_step(uint64_t h, uint64_t word)
{
	return (h ^ word) * SUM_FACTOR;
}

uint64_t sum64(const void *data, uint64_t size)
{
	const uint64_t *p = data, *end = p + size / sizeof(*p);
	uint64_t h = size;

	for (; (uint64_t)(end - p) >= SUM_UNROLL; p += SUM_UNROLL) {
		h = sum_step(h, p[0]);
		h = sum_step(h, p[1]);
		h = sum_step(h, p[2]);
		h = sum_step(h, p[3]);
		h = sum_step(h, p[4]);
		h = sum_step(h, p[5]);
		h = sum_step(h, p[6]);
		h = sum_step(h, p[7]);
	}
	for (; p < end; p++)
		h = sum_step(h, *p);
	return h;
}
