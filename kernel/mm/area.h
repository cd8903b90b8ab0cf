/* SPDX-License-Identifier: MIT */
/*
 * area.h - addresses of their own for memory, and for what is not memory: each piece has unmapped
 * pages before and behind it.
 *
 * On any CPU, by the rules of space.h. Pieces are at most 1 GiB less two pages.
 */
#ifndef KERNEL_AREA_H
#define KERNEL_AREA_H
#include "arch/map.h"
#include "include/stubborn/boot_info.h"

/*
 * Once, behind space_start() and before the first of the others. The memory map must stay, and stay
 * true: what windows may show is decided by it.
 */
void area_start(const struct boot_info *bi);

/* RW memory, page aligned, not cleared, of pages from anywhere. NULL: none, or `size` is 0. */
void *vm_alloc(uint64_t size);

/* Only what vm_alloc() gave, once; anything else is a panic. NULL is nothing. */
void vm_free(void *p);

/* Bytes that may be used at p, from vm_alloc(): whole pages. 0: that is not from there. */
uint64_t vm_size(const void *p);

/*
 * Registers, or other physical memory that is not the kernel's, at any byte: ARCH_IO or ARCH_WC. It
 * may be MMIO, reserved, or not in the memory map; below arch_physical_end(). Or with ARCH_RO any
 * memory, to read what firmware left: cached if it is RAM, else as a device, so that accesses must
 * be aligned. NULL: not allowed, or no memory for tables.
 */
void *window_map(uint64_t pa, uint64_t size, enum arch_perm perm);

/* Only what window_map() gave, once; anything else is a panic. NULL is nothing. */
void window_unmap(const void *p);
#endif
