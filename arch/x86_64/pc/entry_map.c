/* SPDX-License-Identifier: MIT */
/*
 * entry_map.c - the page tables of the stub where no firmware made any.
 *
 * Runs first of all C, relocations not applied yet. Needed for the 64-bit entry too: a
 * loader's tables need not map more than ourselves.
 */
#include "arch/arch.h"
#include "lib/image.h"
#include "raw.h"
#include "arch/x86_64/boot/regs.h"

static uint64_t entry_page(void *cookie)
{
	struct boot_range *left = cookie;
	const uint64_t page = left->base;

	if (!left->size)
		return 0;
	left->base += PAGE_SIZE;
	left->size -= PAGE_SIZE;
	return page;
}

void entry_map(uint64_t address, uint64_t pages)
{
	const uint64_t text = (uint64_t)image_text, size = (uint64_t)image_rodata - text;
	const uint64_t image = ALIGN_DOWN(text, 2 * MIB), around = ALIGN_DOWN(address, GIB);
	struct boot_range left = { pages, SCRATCH_MAP_PAGES * PAGE_SIZE };
	struct arch_map m = { .page = entry_page, .cookie = &left };
	uint32_t low, high;

	if (arch_cpu_lacks())
		return;
	low = (uint32_t)msr_read(MSR_EFER) | EFER_NXE;
	high = 0;
	__asm__ volatile("wrmsr" :: "c"(MSR_EFER), "a"(low), "d"(high));
	if (arch_map_start(&m) != OK || arch_map(&m, text, text, size, ARCH_RX) != OK ||
	    arch_map(&m, 0, 0, 4 * GIB, ARCH_RW) != OK)
		return;
	if (image + 4 * MIB > 4 * GIB && arch_map(&m, image, image, 4 * MIB, ARCH_RW) != OK)
		return;
	if (around >= 4 * GIB && arch_map(&m, around, around, GIB, ARCH_RW) != OK)
		return;
	arch_map_enable(m.root);
}
