/* SPDX-License-Identifier: MIT */
/*
 * memory.h - the memory map from the handoff to mm_start(): what each range may be used for.
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
	struct boot_range usable;	/* pages that have been found writable */
	struct boot_range keep;		/* firmware's, readable after memory_reclaim(), too */
};

/*
 * Begin with the map in bi->memmap, which is changed in place. Call it before anything else here.
 */
void memory_start(struct memory *m, struct boot_info *bi);

/* Where physical `pa` is accessible in this regime. */
static inline void *memory_at(const struct memory *m, uint64_t pa)
{
	return (void *)(pa + m->bi->direct_map);
}

/*
 * The live tables, or new empty ones, ready for arch_map. Table pages come from the rest of the
 * handoff's pool, then from FREE memory. memory_tables_new() returns ERR_NO_MEMORY if there is none
 * for the root. After mm_start() the live tables may only be read: their pages are kernel/mm's.
 */
void memory_tables(struct memory *m, struct arch_map *out);
status_t memory_tables_new(struct memory *m, struct arch_map *out);

/*
 * Keep one range of RECLAIM memory, rounded out to whole pages, which must be readable after
 * memory_reclaim() and in the run after a stub_again(): it becomes NVS. Call it once, before
 * memory_reclaim().
 */
void memory_keep(struct memory *m, uint64_t base, uint64_t size);

/* Turn RECLAIM into FREE. Call it once, when everything that firmware left there has been read. */
void memory_reclaim(struct memory *m);

/*
 * The next range of FREE memory, cut at ARCH_REACH; false if there is none. *i starts at 0. The map
 * may list memory beyond ARCH_REACH, which no regime can map.
 */
bool memory_free_next(const struct memory *m, uint32_t *i, struct boot_range *out);

/* Whether every byte of the range is in memory of the `types` (MEMORY_TYPE bits). */
static inline bool memory_is(const struct memory *m, uint64_t pa, uint64_t size, uint32_t types)
{
	return map_is(m->map, m->n, pa, size, types);
}

/* Whether any byte of the range is in memory of the `types`. */
bool memory_touches(const struct memory *m, uint64_t pa, uint64_t size, uint32_t types);

/* The report's name for a type: "free", "reclaim", ...; "?" if the type is unknown. */
const char *memory_type_name(uint32_t type);
#endif
