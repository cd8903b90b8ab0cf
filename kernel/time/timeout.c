/* SPDX-License-Identifier: MIT */
/* timeout.c - see timeout.h. */
#include "kernel/time/timeout.h"
#include "arch/smp.h"
#include "kernel/time/clock.h"

#define STALL_NS	(10 * NS_PER_MS)

bool timeout_left(struct timeout *p)
{
	const uint64_t now = clock_now();

	p->left -= MIN(p->left, MIN(now - p->last, STALL_NS));
	p->last = now;
	return p->left;
}

bool timeout_pause(struct timeout *p)
{
	arch_pause();
	return timeout_left(p);
}
