/* SPDX-License-Identifier: MIT */
/* memmap.h - turns memory ranges from many sources into the one map of boot_info. Pure. */
#ifndef STUB_MEMMAP_H
#define STUB_MEMMAP_H
#include "lib/base.h"
#include "include/stubborn/boot_info.h"
#include "lib/status.h"

/*
 * Where the address space ends for us. No CPU has more than 56 physical address bits, so ranges
 * above are nonsense and dropped. This leaves 48 bits of page number in a sort key, beside a 16-bit
 * index.
 */
#define MEMMAP_TOP	(1ull << 60)
#define MEMMAP_MAX	65535	/* most entries accepted: an index must fit 16 bits */

/*
 * Ranks of the types (memmap_rank.c): 1 to MEMMAP_RANKS - 1, all different. Types from memmap_types
 * on are unknown.
 */
#define MEMMAP_RANKS	32
extern const uint8_t memmap_rank[];
extern const uint32_t memmap_types;

/* Memory that is given out, now or later. Every other type overrides it. */
static inline bool memmap_given(uint32_t type)
{
	return type == BOOT_MEM_FREE || type == BOOT_MEM_RECLAIM;
}

/*
 * Turn in[0..n) - in any order, overlapping, byte granular, empty or wrapping, of unknown types -
 * into out[]: sorted, disjoint, page aligned, without empty ranges, neighbours of equal type and
 * cache merged. FREE is rounded inwards, everything else outwards. An unknown type is RESERVED.
 * Where ranges overlap the higher rank wins; of two ranges of one type only the common cache bits
 * count, up to the later end. A range beyond the end of the address space (2^60 here) is cut.
 *
 * in[] is changed. keys is scratch for 2 * n words, used only if more than a few entries at the end
 * of in[] are unsorted. ERR_TOO_SMALL if out[cap] is too small (2 * n are always enough) or
 * n > MEMMAP_MAX. Cost: linear, about 40 instructions per entry if sorted.
 */
status_t memmap_normalise(struct boot_mem *in, uint32_t n, uint64_t *keys, struct boot_mem *out,
			  uint32_t cap, uint32_t *count);

/* Map an EFI_MEMORY_TYPE and attribute (UEFI 2.10, 7.2) to enum boot_mem_type. */
uint32_t memmap_efi_type(uint32_t efi_type, uint64_t attribute);
/*
 * Turn `size` bytes of descriptors, `desc_size` apart (a divisor of size, at least 40), into ranges
 * for memmap_normalise, merging like neighbours. out has room for all. Returns their number.
 */
uint32_t memmap_from_efi(const void *map, uint64_t size, uint64_t desc_size,
			 struct boot_mem *out);
#endif
