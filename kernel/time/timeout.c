/* SPDX-License-Identifier: MIT */
/* timeout.c - see timeout.h. */
#include "kernel/time/timeout.h"
#include "arch/smp.h"
#include "kernel/time/clock.h"

#define STALL_NS	(10 * NS_PER_MS)

bool timeout_left(struct timeout *limit)
{
	const uint64_t now = clock_now();

	limit->left -= MIN(limit->left, MIN(now - limit->last, STALL_NS));
	limit->last = now;
	return limit->left;
}

bool timeout_pause(struct timeout *limit)
{
	arch_pause();
	return timeout_left(limit);
}
