/* SPDX-License-Identifier: MIT */
/* mm.h - starts memory management: afterwards page.h, space.h, area.h and heap.h can be used. */
#ifndef KERNEL_MM_H
#define KERNEL_MM_H
#include "include/stubborn/boot_info.h"
#include "lib/status.h"

#define MM_LOW_END	0x100000	/* not given out below: on some machines CPUs start there */

/*
 * Give all memory that the map calls FREE to page_alloc(), except below MM_LOW_END, and including
 * what the stub had no pages to map (BOOT_RAM_UNMAPPED). Once, on the boot CPU, with the MMU on.
 * FREE memory must no longer be used by anything else, as it is written to. `secret`: any number,
 * preferably random; for heap_start(). ERR_NO_MEMORY: not even the allocator's own seed fits.
 */
status_t mm_start(struct boot_info *bi, uint64_t secret);

/*
 * Before mm_start(): exclude these n ranges, in ascending order. They are not given out until
 * page_add() adds them. The array itself must remain valid until mm_start() has returned.
 */
void mm_leave(const struct boot_range *range, uint32_t n);

/*
 * Give the current CPU its own cache of pages. Once on every CPU but the boot CPU, after
 * mm_start(). Without a cache, also if there is no memory for one, the CPU allocates more slowly.
 */
void mm_cpu_start(void);
#endif
