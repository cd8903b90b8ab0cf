/* SPDX-License-Identifier: MIT */
/* map.c - see map.h. The map is sorted, and no two of its entries overlap. */
#include "kernel/mm/map.h"

bool map_is(const struct boot_mem *map, uint64_t n, uint64_t pa, uint64_t size, uint32_t types)
{
	for (uint64_t i = 0; i < n && size > 0; i++) {
		uint64_t inside = pa - map[i].base;

		if (inside >= map[i].size)
			continue;
		if (!(types >> map[i].type & 1))
			return false;
		inside = MIN(map[i].size - inside, size);
		pa += inside;
		size -= inside;
	}
	return size == 0;
}

void map_look(void *address)
{
	(void)*(volatile uint8_t *)address;
}
