/* SPDX-License-Identifier: MIT */
/*
 * again.c - from a running kernel back to physical addresses, under tables of our own, as paging
 * cannot be off.
 *
 * They lie in free memory, where the kernel may have anything, even its own tables. What is used
 * until ours are active must be elsewhere. Then entry_map() makes better ones.
 */
#include "arch/boot.h"
#include "arch/map.h"
#include "lib/image.h"
#include "raw.h"
#include "arch/x86_64/boot/regs.h"

#define PTE_P		(1ull << 0)
#define PTE_W		(1ull << 1)
#define PTE_PS		(1ull << 7)
#define ADDRESS		0x000ffffffffff000ull
#define INDEX_BITS	9
#define INDEX_MASK	((1u << INDEX_BITS) - 1)
#define TABLES		(ARCH_AGAIN_ROOM - RAW_SCRATCH)	/* after the stub's own */

extern const char again_entry[];

struct room {
	uint64_t direct_map;
	uint64_t base;			/* of its TABLES bytes */
};

static bool inside(const struct room *r, uint64_t pa)
{
	return pa - r->base < TABLES;
}

/* Where `va` is, and if it can be written. False: not mapped, or by a table in the room. */
static bool walk(const struct room *r, uint64_t va, uint64_t *pa, bool *write)
{
	uint64_t entry = cr_read(cr3), table;
	uint32_t shift = PAGE_SHIFT + (cr_read(cr4) & CR4_LA57 ? 5 : 4) * INDEX_BITS;

	*write = true;
	do {
		table = entry & ADDRESS;
		if (inside(r, table))
			return false;
		shift -= INDEX_BITS;
		entry = ((const uint64_t *)(table + r->direct_map))[va >> shift & INDEX_MASK];
		*write &= !!(entry & PTE_W);
		if (!(entry & PTE_P))
			return false;
	} while (shift != PAGE_SHIFT && !(entry & PTE_PS));
	*pa = ALIGN_DOWN(entry & ADDRESS, 1ull << shift) + (va & ((1ull << shift) - 1));
	return true;
}

static bool elsewhere(const struct room *r, uint64_t at)
{
	uint64_t pa;
	bool write;

	return walk(r, at, &pa, &write) && !inside(r, pa);
}

/* A table covers 2 MiB at least: one look for each. */
static bool image_elsewhere(const struct room *r)
{
	const uint64_t end = (uint64_t)image_data_end - 1;

	for (uint64_t at = (uint64_t)image_text; at < end; at += 2 * MIB)
		if (!elsewhere(r, at))
			return false;
	return elsewhere(r, end);
}

bool arch_again_room(const struct boot_info *bi, uint64_t base)
{
	const struct room r = { bi->direct_map, base + RAW_SCRATCH };
	const uint64_t stack = (uint64_t)&r, info = (uint64_t)bi;

	/* the stub's stack is where entry_map() maps it */
	if (base > 4 * GIB - ARCH_AGAIN_ROOM || !image_elsewhere(&r))
		return false;
	if (!elsewhere(&r, info) || !elsewhere(&r, info + sizeof(*bi)) || !elsewhere(&r, stack) ||
	    !elsewhere(&r, stack - KIB))
		return false;
	for (uint64_t page = r.base; page < r.base + TABLES; page += PAGE_SIZE) {
		uint64_t pa;
		bool write;

		if (!walk(&r, page + r.direct_map, &pa, &write) || !write || pa != page)
			return false;
	}
	return true;
}

/* In VMX operation arch_jump() would fault, as the bit cannot be cleared: SDM 3C 24.8. */
const char *arch_again_check(const struct boot_info *bi)
{
	(void)bi;
	return cr_read(cr4) & CR4_VMXE ? "CR4.VMXE is set: leave VMX operation first" : NULL;
}

/*
 * Map the image's code at its current and its physical address, and what is written before
 * entry_map().
 */
static status_t room_map(struct arch_map *m, const struct boot_info *bi, uint64_t room)
{
	const uint64_t image = bi->image.base, text = image + image_offset(image_text);
	const uint64_t data = image + image_offset(image_rodata);
	const uint64_t jump = ALIGN_DOWN((uint64_t)idmap_start, PAGE_SIZE);
	const uint64_t end = ALIGN_UP((uint64_t)idmap_end, PAGE_SIZE);

	TRY(arch_map_start(m));
	TRY(arch_map(m, text, text, data - text, ARCH_RX));
	TRY(arch_map(m, data, data, image + bi->image.size - data, ARCH_RW));
	TRY(arch_map(m, bi->handoff.base, bi->handoff.base, bi->handoff.size, ARCH_RW));
	TRY(arch_map(m, room, room, RAW_SCRATCH, ARCH_RW));
	return arch_map(m, jump, image + image_offset((const void *)jump), end - jump, ARCH_RX);
}

const char *arch_again(const struct boot_info *bi, uint64_t room)
{
	struct boot_range left = { room + RAW_SCRATCH, TABLES };
	struct arch_map m = { .page = entry_page, .cookie = &left, .offset = bi->direct_map };
	const uint64_t image = bi->image.base;
	struct jump_plan plan;

	if (room_map(&m, bi, room) != OK)
		return "no memory for tables";
	arch_irq_off();
	if (msr_read(MSR_EFER) & EFER_SVME)	/* else NMI and INIT wait: APM 2, 15.17 */
		__asm__ volatile("stgi" ::: "memory");
	arch_plan(&plan, BOOT_MMU_IDENTITY, m.root, image);
	arch_trap_prepare((uint64_t)image_start, image, 0);
	plan.entry = image + image_offset(again_entry);
	plan.arg = (uint64_t)bi - bi->direct_map;
	plan.stack = room + RAW_SCRATCH;
	arch_jump(&plan);
}

bool arch_again_map(uint64_t scratch)
{
	return entry_map(scratch + SCRATCH_MAP);
}

/* No CPU still executes code of an old image here. */
uint64_t arch_again_pinned(const struct boot_info *old)
{
	(void)old;
	return 0;
}
