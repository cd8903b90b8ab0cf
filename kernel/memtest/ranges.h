/* SPDX-License-Identifier: MIT */
/*
 * ranges.h - lists of physical ranges, whole pages, ascending and apart, and the option that hands
 * one from one run of the kernel to the next: memtest=RUN,0xBASE-0xEND,... Pure.
 */
#ifndef MEMTEST_RANGES_H
#define MEMTEST_RANGES_H
#include "include/stubborn/boot_info.h"
#include "lib/words.h"

#define MEMTEST_LEFT	8	/* ranges that a run hands on */
#define MEMTEST_RUNS	3	/* the kernel boots at most twice to test what it lives in */
#define MEMTEST_TEXT	(16 + MEMTEST_LEFT * 40)	/* bytes of the option, with its NUL */

struct ranges {
	struct boot_range *range;
	uint32_t n, cap;
};

/* What is left for this run to test; n 0: all there is. */
struct memtest_left {
	uint32_t run;			/* from 1 on */
	uint32_t n;
	struct boot_range range[MEMTEST_LEFT];
};

/*
 * Append a range that lies behind all others. If there is no room for it, the two of them that lie
 * closest become one, with what is between them.
 */
void ranges_add(struct ranges *l, uint64_t base, uint64_t size);

/* Whether any byte of it is in one of them. */
bool ranges_touch(const struct boot_range *r, uint32_t n, uint64_t base, uint64_t size);

uint64_t ranges_size(const struct ranges *l);

/* The option's value; false if it is none. */
bool left_read(struct word v, struct memtest_left *out);

/* "memtest=..." in MEMTEST_TEXT bytes. */
void left_write(const struct memtest_left *l, char *out);
#endif
