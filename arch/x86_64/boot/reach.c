/* SPDX-License-Identifier: MIT */
/*
 * reach.c - what the live tables map (SDM 3A 4.5). Only before arch_jump, while tables are mapped
 * at identity, as UEFI (2.10, 2.3.4) and entry_map() promise.
 */
#include "arch/boot.h"
#include "arch/x86_64/pc/raw.h"
#include "regs.h"

#define PTE_P		(1ull << 0)
#define PTE_PS		(1ull << 7)
#define ADDRESS		0x000ffffffffff000ull
#define INDEX_BITS	9
#define INDEX_MASK	((1u << INDEX_BITS) - 1)
#define NEIGHBOURS_SHIFT 4
#define NEIGHBOURS	(1u << NEIGHBOURS_SHIFT)

/*
 * The leaf that maps `at`, or a whole aligned group of pages if it is one of them and all are
 * mapped, as firmware's allocations are often adjacent. Size 0 if there is none.
 */
static struct boot_range reach_leaf(uint64_t at)
{
	uint64_t entry = cr_read(cr3), all = PTE_P;
	uint32_t shift = PAGE_SHIFT + (cr_read(cr4) & CR4_LA57 ? 5 : 4) * INDEX_BITS;
	const uint64_t *table;
	uint32_t i;

	do {
		table = (const uint64_t *)(entry & ADDRESS);
		/*
		 * The address has an "encrypted" bit (AMD's APM 2, 15.34.5). We cannot know
		 * which, so assume that the tables map everything.
		 */
		if ((uint64_t)table >= ARCH_REACH)
			return (struct boot_range){ 0, ARCH_REACH };
		shift -= INDEX_BITS;
		i = (uint32_t)(at >> shift) & INDEX_MASK;
		entry = table[i];
		if (!(entry & PTE_P))
			return (struct boot_range){ 0 };
	} while (shift != PAGE_SHIFT && !(entry & PTE_PS));
	table += ALIGN_DOWN(i, NEIGHBOURS);
	for (i = 0; shift == PAGE_SHIFT && i < NEIGHBOURS; i++)
		all &= table[i];
	if (shift == PAGE_SHIFT && all)
		shift += NEIGHBOURS_SHIFT;
	return (struct boot_range){ ALIGN_DOWN(at, 1ull << shift), 1ull << shift };
}

bool arch_reach(uint64_t at, bool device, struct boot_range *piece)
{
	(void)device;		/* reading a device as memory does no harm here */
	*piece = reach_leaf(at);
	if (!piece->size && entry_map_more(at))
		*piece = reach_leaf(at);
	return piece->size;
}
