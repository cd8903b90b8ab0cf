/* SPDX-License-Identifier: MIT */
/* bars.h - memory and time as bars, on the console: for the boot screen and the monitor. */
#ifndef KERNEL_BARS_H
#define KERNEL_BARS_H
#include "kernel/memory.h"

#define BAR_LABEL	11		/* characters before a bar */
#define BAR_CELLS	64		/* bar_full has as many */

extern const char bar_full[];		/* "====..." */

/* The letter that stands for memory of this type. */
char memory_letter(uint32_t type);

/* All up to the last free byte, and below it what the letters stand for. */
void memory_bar(const struct memory *m);

/*
 * A bar for each stage of the boot so far, from its own time to the next one's; `hz` as in
 * report_ticks(). Unless `all`, only for those that took a 64th of the time.
 */
void timeline_bars(uint64_t hz, bool all);
#endif
