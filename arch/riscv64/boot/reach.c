/* SPDX-License-Identifier: MIT */
/*
 * reach.c - what the live tables map, and M-mode lets us read. Only before arch_jump, while tables
 * are mapped at identity, as UEFI (2.10, 2.3.7) promises.
 */
#include "arch/boot.h"
#include "csr.h"

#define INDEX_BITS	9

bool probe_byte(uint64_t at);		/* probe.S */

/* No byte of a device is read: that may do something. What can be read is known for one page. */
static bool reach_byte(uint64_t at, bool device, struct boot_range *piece)
{
	if (device)
		return true;
	*piece = (struct boot_range){ ALIGN_DOWN(at, PAGE_SIZE), PAGE_SIZE };
	return probe_byte(at);
}

bool arch_reach(uint64_t at, bool device, struct boot_range *piece)
{
	const uint64_t satp = csr_read(satp);
	uint64_t table = (satp & SATP_PPN) << PAGE_SHIFT, entry, half;
	uint32_t level = satp_levels(satp);

	*piece = (struct boot_range){ 0, ARCH_REACH };
	if (!level)
		return reach_byte(at, device, piece);
	half = 1ull << (PAGE_SHIFT + level * INDEX_BITS - 1);
	if (at >= half) {		/* firmware's mode may be a smaller one than ours */
		*piece = (struct boot_range){ half, ARCH_REACH - half };
		return false;
	}
	do {
		const uint32_t shift = PAGE_SHIFT + --level * INDEX_BITS;

		*piece = (struct boot_range){ ALIGN_DOWN(at, 1ull << shift), 1ull << shift };
		entry = ((const uint64_t *)table)[(at >> shift) % PTE_COUNT];
		if (!(entry & PTE_V))
			return false;
		table = entry << PTE_SHIFT & PTE_ADDRESS;
	} while (level && !(entry & (PTE_R | PTE_X)));
	return entry & PTE_R && reach_byte(at, device, piece);
}
