/* SPDX-License-Identifier: MIT */
/* map.h - what a memory map of boot_info says of a range. Pure; any time. */
#ifndef KERNEL_MAP_H
#define KERNEL_MAP_H
#include "include/stubborn/boot_info.h"
#include "lib/base.h"

#define MEMORY_TYPE(t)	(1u << BOOT_MEM_##t)

/* Whether all of [pa, pa + size) is in memory of the `types`, MEMORY_TYPE bits; n entries. */
bool map_is(const struct boot_mem *map, uint64_t n, uint64_t pa, uint64_t size, uint32_t types);

/* For trap_try(): read from this address, and fault if that cannot be. */
void map_look(void *address);
#endif
