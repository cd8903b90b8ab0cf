/* SPDX-License-Identifier: MIT */
/*
 * entry_map.c - the page tables of the stub where no firmware made any.
 *
 * Runs first of all C, relocations not applied yet, on the scratch behind the image. Needed
 * for the 64-bit entry too: a loader's tables need not map more than ourselves.
 */
#include "arch/arch.h"
#include "include/image.h"
#include "raw.h"
#include "regs.h"

static uint64_t entry_page(void *cookie)
{
	uint64_t *next = cookie, page = *next;

	if (page == (uint64_t)image_end + SCRATCH_MAP32)
		return 0;
	*next += PAGE_SIZE;
	return page;
}

void entry_map(uint64_t address)
{
	const uint64_t text = (uint64_t)image_text, size = (uint64_t)image_rodata - text;
	const uint64_t image = ALIGN_DOWN(text, 2 * MIB), around = ALIGN_DOWN(address, GIB);
	uint64_t next = (uint64_t)image_end + SCRATCH_MAP;
	struct arch_map m = { .page = entry_page, .cookie = &next };
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
