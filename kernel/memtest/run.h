/* SPDX-License-Identifier: MIT */
/*
 * run.h - all passes over given memory, by all CPUs that call for work. Knows nothing of who owns
 * it.
 */
#ifndef MEMTEST_RUN_H
#define MEMTEST_RUN_H
#include "kernel/cpu/lock.h"
#include "pattern.h"
#include "ranges.h"

struct memtest {
	/* for the caller to set; the rest is 0 at first */
	const struct ranges *memory;	/* nobody else's */
	uint64_t offset;		/* added to a physical address to use it */
	uint64_t rounds;		/* of MEMTEST_PASSES each */
	uint64_t seed;

	/* Call fn(t) on each CPU that shall work; returns when all have returned. */
	void (*everywhere)(void (*fn)(void *), void *t);

	/* After each piece, on the CPU that did it. May set `stop`. */
	void (*turn)(struct memtest *t);

	/* The memory's word at `pa` was not `want`. Or NULL if it could not be used: `what`. */
	void (*report)(const struct memtest *t, uint64_t pa, uint64_t want, uint64_t got,
		       const char *what);

	/* how far it is */
	uint64_t round;
	uint32_t pass;
	struct memtest_pattern old, new;
	uint64_t pieces, next;		/* of this pass: all, and those that were taken */
	uint64_t done;			/* pieces, of all passes */
	bool stop;

	/* what was found */
	struct lock lock;		/* held for report() */
	uint64_t errors, bits, low, high;	/* all bits that differed; where */
};

/* False: it was stopped. Errors are counted, and the test goes on behind them. */
bool memtest_run(struct memtest *t);

/* Of 1000. */
uint32_t memtest_progress(const struct memtest *t);
#endif
