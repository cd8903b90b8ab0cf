/* SPDX-License-Identifier: MIT */
/* bars.h - memory and time as bars, on the console: for the boot screen and the monitor. */
#ifndef KERNEL_BARS_H
#define KERNEL_BARS_H
#include "kernel/memory.h"

#define BAR_LABEL	11		/* characters before a bar */
#define BAR_CELLS	64		/* bar_full has as many */

extern const char bar_full[];		/* "====..." */

/* The letter for an enum boot_mem_type, which must be below BOOT_MEM_TYPES. */
char memory_letter(uint32_t type);

/* Print all memory up to the last free byte as a bar, and a line that explains its letters. */
void memory_bar(const struct memory *m);

/*
 * Print a bar for each completed stage of the boot, from its start to the start of the next. `hz`
 * is as in report_ticks(). Unless `all`, omit stages that took less than 1/64 of the total.
 */
void timeline_bars(uint64_t hz, bool all);
#endif
