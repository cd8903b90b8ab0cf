/* SPDX-License-Identifier: MIT */
/* map.h - looks up a range in boot_info's memory map. Pure; any time. */
#ifndef KERNEL_MAP_H
#define KERNEL_MAP_H
#include "include/stubborn/boot_info.h"
#include "lib/base.h"

#define MEMORY_TYPE(t)	(1u << BOOT_MEM_##t)

/*
 * Whether all of [pa, pa + size) is memory of the given `types`, which are MEMORY_TYPE bits. `map`
 * has n entries, sorted. True for size 0.
 */
bool map_is(const struct boot_mem *map, uint64_t n, uint64_t pa, uint64_t size, uint32_t types);

/* For trap_try(): read a byte at this address. Faults if it cannot be read. */
void map_look(void *address);
#endif
