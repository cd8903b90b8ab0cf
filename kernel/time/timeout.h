/* SPDX-License-Identifier: MIT */
/* timeout.h - how long to wait for another CPU. */
#ifndef KERNEL_TIMEOUT_H
#define KERNEL_TIMEOUT_H
#include "lib/base.h"

/* To wait for up to `left` nanoseconds; `last` is 0 at first. */
struct timeout {
	uint64_t left, last;
};

/*
 * Call it repeatedly while waiting; any CPU, any context. False: timed out. Of the time between two
 * calls, and before the first, at most 10 ms count, as a host may stop all CPUs for longer. Without
 * a clock it never times out; but then no other CPU is started.
 */
bool timeout_left(struct timeout *limit);
bool timeout_pause(struct timeout *limit);	/* after a pause of the CPU */
#endif
