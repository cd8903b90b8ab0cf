/* SPDX-License-Identifier: MIT */
/* from_pc.c - what loaders without firmware pass on a PC. */
#include "stub/raw.h"

void raw_collect(struct stub *s, struct raw *r, uint64_t a, uint64_t b)
{
	(void)r;
	panic("entry %u: %llx %llx", s->draft.info.entry, (unsigned long long)a,
	      (unsigned long long)b);
}
