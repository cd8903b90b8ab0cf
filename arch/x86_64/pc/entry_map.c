/* SPDX-License-Identifier: MIT */
/*
 * entry_map.c - the stub's page tables if firmware has made none.
 *
 * The first C code to run; not relocated yet. The 64-bit entry needs it too, as a loader's tables
 * need not map more than the image. Memory above 4 GiB is mapped on demand, as without 1 GiB leaves
 * each GiB takes a page or two.
 */
#include "arch/boot.h"
#include "arch/map.h"
#include "lib/image.h"
#include "raw.h"
#include "arch/x86_64/boot/cpu.h"
#include "arch/x86_64/boot/regs.h"

#define CPUID_EXT_SIZES	0x80000008	/* EAX, the lowest byte: bits of a physical address */
#define CPUID_BITS	0xff

/* The root of our tables, and the pages left for more. */
static __attribute__((section(".data"))) struct {
	uint64_t root;
	struct boot_range left;
} entry_own = { 0 };

uint64_t entry_page(void *cookie)
{
	struct boot_range *left = cookie;
	const uint64_t page = left->base;

	if (!left->size)
		return 0;
	left->base += PAGE_SIZE;
	left->size -= PAGE_SIZE;
	return page;
}

bool entry_map(uint64_t pages)
{
	const uint64_t text = (uint64_t)image_doors, size = (uint64_t)image_rodata - text;
	const uint64_t image = ALIGN_DOWN(text, 2 * MIB);
	const uint64_t end = ALIGN_UP((uint64_t)image_end + RAW_SCRATCH, 2 * MIB);
	struct boot_range left = { pages, SCRATCH_MAP_PAGES * PAGE_SIZE };
	/* `left` is not static: its address in a constant initialiser would need relocation */
	struct arch_map m = { .page = entry_page, .cookie = &left };
	uint32_t low, high;

	entry_own.root = 0;
	if (arch_cpu_lacks())
		return true;
	low = (uint32_t)msr_read(MSR_EFER) | EFER_NXE;
	high = 0;
	__asm__ volatile("wrmsr" :: "c"(MSR_EFER), "a"(low), "d"(high));
	if (arch_map_start(&m) != OK || arch_map(&m, text, text, size, ARCH_RX) != OK ||
	    arch_map(&m, 0, 0, 4 * GIB, ARCH_RW) != OK)
		return false;
	if (end > 4 * GIB && arch_map(&m, image, image, end - image, ARCH_RW) != OK)
		return false;
	entry_own.root = m.root;
	entry_own.left = left;
	arch_map_enable(m.root);
	return true;
}

bool entry_map_more(uint64_t at)
{
	struct arch_map m = { 0 };
	const uint64_t base = ALIGN_DOWN(at, GIB);
	bool ok;

	m.page = entry_page;
	m.cookie = &entry_own.left;
	arch_map_live(&m);
	if (m.root != entry_own.root ||
	    at >> (cpu_id(CPUID_EXT_SIZES, 0).a & CPUID_BITS))
		return false;
	ok = arch_map(&m, base, base, GIB, ARCH_RW) == OK;
	arch_map_flush();
	return ok;
}
