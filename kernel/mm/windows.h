/* SPDX-License-Identifier: MIT */
/*
 * windows.h - a set of windows that are unmapped together, for readers of firmware's tables, which
 * follow pointers and may read some tables twice. By the rules of area.h; a set has one user.
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
 * Read access to `size` bytes at physical address `pa`, valid until windows_close(): through the
 * direct map, or else by window_map(). NULL: the CPU has no such address, reading it faults, `size`
 * is 0, no memory for tables, or WINDOWS_MAX windows are open. After trap_start(). For struct
 * acpi.reach: `cookie` is a struct windows.
 */
const void *windows_reach(void *cookie, uint64_t pa, uint64_t size);

/* Unmap all of them. The set can be used again. */
void windows_close(struct windows *w);
#endif
