/* SPDX-License-Identifier: MIT */
/* map.h - what a memory map of boot_info says of a range. Pure; any time. */
#ifndef KERNEL_MAP_H
#define KERNEL_MAP_H
#include "include/stubborn/boot_info.h"
#include "lib/base.h"

#define MAP_TYPE(t)	(1u << BOOT_MEM_##t)

/* Whether every byte of [pa, pa + size) is in memory of the `types` (MAP_TYPE bits); n entries. */
bool map_is(const struct boot_mem *map, uint64_t n, uint64_t pa, uint64_t size, uint32_t types);
#endif
