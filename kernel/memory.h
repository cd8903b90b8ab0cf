/* SPDX-License-Identifier: MIT */
/*
 * memory.h - the memory map after the handoff, until mm_start(): what may be used for what.
 *
 * Works in place on the handoff's array, which cannot grow.
 */
#ifndef KERNEL_MEMORY_H
#define KERNEL_MEMORY_H
#include "arch/boot.h"
#include "arch/map.h"
#include "kernel/mm/map.h"

struct memory {
	struct boot_info *bi;
	struct boot_mem *map;
	uint32_t n, cap;
	struct boot_range tables;	/* FREE memory for table pages */
	uint64_t tables_used;		/* bytes of it */
	struct boot_range keep;		/* firmware's, to be read after memory_reclaim() as well */
};

void memory_start(struct memory *m, struct boot_info *bi);

/* The present address of physical `pa`. */
static inline void *memory_at(const struct memory *m, uint64_t pa)
{
	return (void *)(pa + m->bi->direct_map);
}

/*
 * The live tables, or new empty ones, ready for arch_map. Table pages come from the rest of the
 * handoff's pool, then from FREE memory. Not for arch_map after mm_start().
 */
void memory_tables(struct memory *m, struct arch_map *out);
status_t memory_tables_new(struct memory *m, struct arch_map *out);

/*
 * Keep one range of RECLAIM, which must be readable after memory_reclaim() and in the run after a
 * stub_again(): it becomes NVS. Call it before memory_reclaim().
 */
void memory_keep(struct memory *m, uint64_t base, uint64_t size);

/* Turn RECLAIM into FREE. Call it when everything that firmware left there has been read. */
void memory_reclaim(struct memory *m);

/*
 * The next range of FREE memory that is mappable; false: no more. *i is initially 0. The map may
 * list memory that no regime can map; in the direct map its place would collide with other things.
 */
bool memory_free_next(const struct memory *m, uint32_t *i, struct boot_range *out);

/* Whether every byte of the range is in memory of the `types` (MEMORY_TYPE bits). */
static inline bool memory_is(const struct memory *m, uint64_t pa, uint64_t size, uint32_t types)
{
	return map_is(m->map, m->n, pa, size, types);
}

/* Whether any byte of it is. */
bool memory_touches(const struct memory *m, uint64_t pa, uint64_t size, uint32_t types);

/* "free", "reclaim", ... */
const char *memory_type_name(uint32_t type);
#endif
