/* SPDX-License-Identifier: MIT */
/* mm.h - the beginning of memory: page.h, space.h, area.h and heap.h work from here on. */
#ifndef KERNEL_MM_H
#define KERNEL_MM_H
#include "include/stubborn/boot_info.h"
#include "lib/status.h"

#define MM_LOW_END	0x100000	/* below: not given out. Other CPUs start there, on some */

/*
 * All memory that the map calls FREE becomes page_alloc()'s, also what the stub had no pages to map
 * (BOOT_RAM_UNMAPPED). Once, on the boot CPU, with tables in force and nobody else using FREE
 * memory; it writes there. `secret`: any number, best a random one. ERR_NO_MEMORY if not even what
 * it needs to begin with is there.
 */
status_t mm_start(struct boot_info *bi, uint64_t secret);

/*
 * Before mm_start(): these ranges, ascending, are nobody's and not given out until page_add() says
 * otherwise. They must stay.
 */
void mm_leave(const struct boot_range *range, uint32_t n);

/*
 * On each other CPU, once: it keeps pages of its own from now on. Without, or if there is no memory
 * for it, it allocates more slowly.
 */
void mm_cpu_start(void);
#endif
