/* SPDX-License-Identifier: MIT */
/*
 * run.h - runs all passes over given memory, on several CPUs. Does not care where the memory comes
 * from or how CPUs are called.
 */
#ifndef MEMTEST_RUN_H
#define MEMTEST_RUN_H
#include "kernel/cpu/lock.h"
#include "pattern.h"
#include "ranges.h"

struct memtest {
	/* set by the caller; everything below is 0 at first */
	const struct ranges *memory;	/* must not be used by anything else */
	uint64_t offset;		/* added to a physical address to dereference it */
	uint64_t rounds;		/* of MEMTEST_PASSES each */
	uint64_t seed;			/* of the random patterns */

	/*
	 * Call fn(t) on each CPU that is to take part; return when all have returned, or set `stop`
	 * and return if one of them does not answer any more.
	 */
	void (*everywhere)(void (*fn)(void *), void *t);

	/* Called after each piece, on the CPU that tested it. May set `stop`. */
	void (*turn)(struct memtest *t);

	/*
	 * Called for each error. `what` NULL: the word at `pa` was `got`, not `want`. Else `what`
	 * describes the error, and `want` and `got` are 0.
	 */
	void (*report)(const struct memtest *t, uint64_t pa, uint64_t want, uint64_t got,
		       const char *what);

	/* progress */
	uint64_t round;
	uint32_t pass;
	struct memtest_pattern old, fresh;
	uint64_t pieces, next;		/* how many there are; the next one of this pass */
	uint64_t done;			/* pieces done, in all passes */
	bool stop;
	bool stuck;			/* a CPU has died with `lock` */

	/* result */
	struct lock lock;		/* held during report() */
	uint64_t errors, bits, low, high;	/* bits that differed; lowest and highest address */
};

/* Run the test. An error is counted, and the test continues after it. False: it was stopped. */
bool memtest_run(struct memtest *t);

/* How much is done, from 0 to 1000. */
uint32_t memtest_progress(const struct memtest *t);
#endif
