/* SPDX-License-Identifier: MIT */
/* patience.c - see patience.h. */
#include "kernel/time/patience.h"
#include "arch/smp.h"
#include "kernel/time/clock.h"

#define STALL_NS	(10 * NS_PER_MS)

bool patience_turn(struct patience *p)
{
	const uint64_t now = clock_now();

	p->left -= MIN(p->left, MIN(now - p->last, STALL_NS));
	p->last = now;
	return p->left;
}

bool patience_pause(struct patience *p)
{
	arch_pause();
	return patience_turn(p);
}
