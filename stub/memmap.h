/* SPDX-License-Identifier: MIT */
/* memmap.h - many sources' memory ranges in, the one map of boot_info out. Pure. */
#ifndef STUB_MEMMAP_H
#define STUB_MEMMAP_H
#include "lib/base.h"
#include "include/stubborn/boot_info.h"
#include "lib/status.h"

/*
 * The end of the address space here. No CPU has more than 56 physical address bits, so
 * what lies above is nonsense and dropped. It leaves 48 bits of page number for a
 * sort key, beside the 16 bits of index.
 */
#define MEMMAP_TOP	(1ull << 60)
#define MEMMAP_MAX	65535	/* entries taken at most: an index must fit 16 bits */

/*
 * Ranks of the types (memmap_rank.c), from 1 to MEMMAP_RANKS - 1, each once; types from
 * memmap_types on are unknown.
 */
#define MEMMAP_RANKS	32
extern const uint8_t memmap_rank[];
extern const uint32_t memmap_types;

/* Memory that is given out now or later: whatever else is there takes it away. */
static inline bool memmap_given(uint32_t type)
{
	return type == BOOT_MEM_FREE || type == BOOT_MEM_RECLAIM;
}

/*
 * Turn in[0..n) - any order, overlapping, byte granular, empty or wrapping ranges,
 * unknown types - into out[]: sorted, disjoint, page aligned, neighbours of equal type and
 * cache merged, nothing of size 0. FREE is rounded inwards, everything else outwards; an
 * unknown type is RESERVED; where ranges overlap the higher rank wins, and of two of one
 * type only the cache bits both have count, up to the later end; a range that passes the
 * end of the address space (2^60 here) is cut there. in[] is changed. keys is scratch for
 * 2 * n words, used only if in[] is unsorted but for a few at its end. ERR_TOO_SMALL if
 * out[cap] does not hold it (2 * n always do) or n > MEMMAP_MAX. Cost: linear, about 40
 * instructions an entry when sorted.
 */
status_t memmap_normalise(struct boot_mem *in, uint32_t n, uint64_t *keys, struct boot_mem *out,
			  uint32_t cap, uint32_t *count);

/* Map an EFI_MEMORY_TYPE and attribute (UEFI 2.10, 7.2) to enum boot_mem_type. */
uint32_t memmap_efi_type(uint32_t efi_type, uint64_t attribute);
/*
 * `size` bytes of descriptors, `desc_size` apart (a divisor of size, at least 40), as ranges
 * for memmap_normalise, neighbours alike made one; out has room for all. Returns their number.
 */
uint32_t memmap_from_efi(const void *map, uint64_t size, uint64_t desc_size,
			 struct boot_mem *out);
#endif
