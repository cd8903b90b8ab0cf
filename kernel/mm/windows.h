/* SPDX-License-Identifier: MIT */
/*
 * windows.h - many windows that are given back together: what a reader of firmware's tables wants,
 * who goes from one to the next and may look at some twice.
 */
#ifndef KERNEL_WINDOWS_H
#define KERNEL_WINDOWS_H
#include "lib/base.h"

#define WINDOWS_MAX	48

struct windows {		/* all zeros: none */
	uint32_t count;
	struct {
		uint64_t pa, size;
		void *at;
	} window[WINDOWS_MAX];
};

/*
 * Read access to any physical memory, good until windows_close(): RAM where the direct map has it,
 * else by window_map(). NULL: there is no such address, no memory for tables, or there are
 * WINDOWS_MAX. For struct acpi.reach: `cookie` is a struct windows.
 */
const void *windows_reach(void *cookie, uint64_t pa, uint64_t size);
void windows_close(struct windows *w);
#endif
