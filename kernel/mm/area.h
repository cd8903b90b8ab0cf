/* SPDX-License-Identifier: MIT */
/*
 * area.h - a separate address range for memory and for device registers: each piece has an unmapped
 * page before and after it.
 *
 * On any CPU, by the rules of space.h: not from interrupt handlers. At most 1 GiB less a page.
 */
#ifndef KERNEL_AREA_H
#define KERNEL_AREA_H
#include "arch/map.h"
#include "include/stubborn/boot_info.h"

/*
 * Once, after space_start() and before any other function here. The memory map of `bi` must remain
 * in place and correct: it decides what windows may map.
 */
void area_start(const struct boot_info *bi);

/*
 * Allocate at least `size` bytes of RW memory: page aligned, not cleared, physically scattered.
 * NULL: no memory, `size` is 0, or it is too large.
 */
void *vm_alloc(uint64_t size);

/* Free what vm_alloc() returned. NULL is ignored. Anything else, or a second time, is a panic. */
void vm_free(void *p);

/* The usable bytes at p, in whole pages. 0: p is not what vm_alloc() returned. */
uint64_t vm_size(const void *p);

/*
 * Map `size` bytes at physical address `pa`, aligned or not. Returns the address of the byte at pa.
 * ARCH_IO or ARCH_WC: registers and other memory that is not the kernel's, which the memory map has
 * to call MMIO or reserved, or not to list; below arch_physical_end(). ARCH_RO: any memory, to read
 * what firmware left. RAM is cached; all else is mapped as a device, so accesses must be aligned.
 * NULL: not allowed, `pa` or `size` is 0, or no memory for tables.
 */
void *window_map(uint64_t pa, uint64_t size, enum arch_perm perm);

/* Unmap what window_map() returned. NULL is ignored; anything else, or twice, is a panic. */
void window_unmap(const void *p);
#endif
