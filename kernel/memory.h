/* SPDX-License-Identifier: MIT */
/*
 * memory.h - the memory map after the handoff: who may have what.
 *
 * Works in place on the array in the handoff, which has room for the entries it came with.
 */
#ifndef KERNEL_MEMORY_H
#define KERNEL_MEMORY_H
#include "arch/boot.h"
#include "arch/map.h"

#define MEMORY_TYPE(t)	(1u << BOOT_MEM_##t)

struct memory {
	struct boot_info *bi;
	struct boot_mem *map;
	uint32_t n, cap;
	struct boot_range tables;	/* FREE memory that table pages come from */
	uint64_t tables_used;		/* bytes of it */
};

void memory_start(struct memory *m, struct boot_info *bi);

/* Address in use now of physical `pa`. */
static inline void *memory_at(const struct memory *m, uint64_t pa)
{
	return (void *)(pa + m->bi->direct_map);
}

/*
 * The tables in use, or new and empty ones, ready for arch_map. Table pages come from what
 * is left of the handoff's pool, then from FREE memory.
 */
void memory_tables(struct memory *m, struct arch_map *out);
status_t memory_tables_new(struct memory *m, struct arch_map *out);

/* RECLAIM becomes FREE. Call when all that firmware left there has been read. */
void memory_reclaim(struct memory *m);

/*
 * The next range of FREE memory that can be mapped at all; false: no more. *i is 0 to begin with.
 * The map may name memory that no regime shows, and where it would lie in the direct map
 * something else is.
 */
bool memory_free_next(const struct memory *m, uint32_t *i, struct boot_range *out);

/* Whether every byte of the range lies in memory of the `types` (MEMORY_TYPE bits). */
bool memory_is(const struct memory *m, uint64_t pa, uint64_t size, uint32_t types);

/* Whether any byte of it does. */
bool memory_touches(const struct memory *m, uint64_t pa, uint64_t size, uint32_t types);

/*
 * Read access to a firmware table wherever it lies: mapped as RAM, or else uncached from
 * now on. NULL for an address that cannot be right, or when it cannot be mapped.
 */
const void *memory_window(struct memory *m, uint64_t pa, uint64_t size);

/* "free", "reclaim", ... */
const char *memory_type_name(uint32_t type);
#endif
