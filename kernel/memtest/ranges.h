/* SPDX-License-Identifier: MIT */
/*
 * ranges.h - sorted lists of disjoint physical ranges, in whole pages, and the option that passes
 * one on to the next run of the kernel: memtest=RUN,0xBASE-0xEND,... Pure.
 */
#ifndef MEMTEST_RANGES_H
#define MEMTEST_RANGES_H
#include "include/stubborn/boot_info.h"
#include "lib/words.h"

#define MEMTEST_LEFT	8	/* ranges that a run can pass on */
#define MEMTEST_RUNS	3	/* it boots at most twice more, to test its own memory */
#define MEMTEST_TEXT	(16 + MEMTEST_LEFT * 40)	/* bytes of the option, with its NUL */

struct ranges {
	struct boot_range *range;
	uint32_t n, cap;
};

/* What is left for this run to test; n 0: all memory. */
struct memtest_left {
	uint32_t run;			/* 1 is the first run; 0: no such option */
	uint32_t n;
	struct boot_range range[MEMTEST_LEFT];
};

/*
 * Append a range that is above all others. If there is no room for it, the two that are closest to
 * each other are merged, and then include the gap between them.
 */
void ranges_add(struct ranges *l, uint64_t base, uint64_t size);

/* Whether [base, base + size) overlaps any of the n ranges. */
bool ranges_touch(const struct boot_range *r, uint32_t n, uint64_t base, uint64_t size);

/* The sum of all sizes, in bytes. */
uint64_t ranges_size(const struct ranges *l);

/* Parse the option's value. False, and *out unchanged: it is malformed, or has no range. */
bool left_read(struct word v, struct memtest_left *out);

/* Write the option, "memtest=...", to the MEMTEST_TEXT bytes at `out`. */
void left_write(const struct memtest_left *l, char *out);
#endif
