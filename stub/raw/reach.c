/* SPDX-License-Identifier: MIT */
/* reach.c - what can be read and written without firmware. Pure except for reach_ok(). */
#include "stub/raw/raw.h"

bool raw_reach(struct raw *r, uint64_t base, uint64_t size)
{
	if (r->anywhere)
		return base && base < RAW_TOP && size <= RAW_TOP - base;
	return reach_ok(&r->reach, base, size);
}
