/* SPDX-License-Identifier: MIT */
/*
 * mapplan.c - which memory gets which mapping. Pure: host tests run it on a fake arch_map.
 *
 * Relies on arch_map's rule that the first mapping of a page wins: special ranges go first, RAM as
 * a whole last.
 */
#include "lib/mapplan.h"
#include "arch/boot.h"
#include "lib/console/uart.h"
#include "lib/image.h"

struct plan {
	struct arch_map *map;
	const struct boot_info *bi;
	uint64_t direct;	/* add this to a physical address to find RAM */
	bool mapped;
};

static status_t map_direct(const struct plan *p, uint64_t base, uint64_t end, enum arch_perm perm)
{
	return arch_map(p->map, p->direct + base, base, end - base, perm);
}

/* Map any byte range, widened to whole pages. Skips ranges that are out of reach. */
static status_t map_range(const struct plan *p, uint64_t base, uint64_t size, enum arch_perm perm)
{
	uint64_t start = ALIGN_DOWN(base, PAGE_SIZE);

	if (size == 0 || base >= ARCH_REACH || size > ARCH_REACH - base)
		return OK;
	return map_direct(p, start, ALIGN_UP(base + size, PAGE_SIZE), perm);
}

/* Map a segment where it runs, and its alias in the direct map if that is elsewhere. */
static status_t map_segment(const struct plan *p, const void *start, const void *end,
			    enum arch_perm perm)
{
	uint64_t offset = image_offset(start), size = image_offset(end) - offset;
	uint64_t pa = p->bi->image.base + offset;

	if (p->mapped) {
		TRY(arch_map(p->map, p->bi->image_virt + offset, pa, size, perm));
		if (perm == ARCH_RX)
			perm = ARCH_RO;
	}
	return map_direct(p, pa, pa + size, perm);
}

static status_t map_image(const struct plan *p)
{
	TRY(map_segment(p, image_text, image_rodata, ARCH_RX));
	TRY(map_segment(p, image_rodata, image_data, ARCH_RO));	/* .relro is relocated by now */
	return map_segment(p, image_data, image_end, ARCH_RW);
}

/* Map the handoff, except the pages below the stacks and what map_image has mapped. */
static status_t map_handoff(const struct plan *p)
{
	const struct boot_info *bi = p->bi;
	const struct boot_range holes[] = {
		{ bi->boot_stack.base - PAGE_SIZE, PAGE_SIZE },
		{ bi->trap_stack.base - PAGE_SIZE, PAGE_SIZE },
		{ bi->image.base + PAGE_SIZE, bi->image.size - PAGE_SIZE },
	};
	uint64_t at = bi->handoff.base, end = at + bi->handoff.size;

	while (at < end) {
		uint64_t stop = end, next = end;

		for (uint32_t i = 0; i < ARRAY_SIZE(holes); i++)
			if (holes[i].base >= at && holes[i].base < stop) {
				stop = holes[i].base;
				next = stop + holes[i].size;
			}
		if (stop > at)
			TRY(map_direct(p, at, stop, ARCH_RW));
		at = next;
	}
	return OK;
}

/* The map is normalised, so its types are valid. */
static bool is_ram(const struct boot_mem *m)
{
	return MAPPLAN_RAM >> m->type & 1;
}

/*
 * Map neighbours of any RAM type together, for fewer, larger leaves. When table pages have run out,
 * only ranges that the largest leaves can map are still tried.
 */
static uint64_t map_ram(const struct plan *p, const struct boot_mem *mem, uint32_t n)
{
	uint64_t unmapped = 0;

	for (uint32_t i = 0; i < n;) {
		uint64_t base = mem[i].base, end = base;

		if (!is_ram(&mem[i])) {
			i++;
			continue;
		}
		for (; i < n && mem[i].base == end && is_ram(&mem[i]); i++)
			end += mem[i].size;
		const uint64_t top = MIN(end, ARCH_REACH);

		if (base >= top || (unmapped && top - base < GIB) ||
		    map_direct(p, base, top, ARCH_RW) != OK)
			unmapped += end - base;
		else
			unmapped += end - top;
	}
	return unmapped;
}

status_t mapplan_apply(struct arch_map *m, const struct boot_info *bi, const struct boot_mem *mem,
		       uint32_t n, const struct boot_range *trampoline, uint64_t *unmapped)
{
	struct plan p = { .map = m, .bi = bi, .mapped = bi->regime == BOOT_MMU_MAPPED };

	if (p.mapped)
		p.direct = bi->direct_map;
	TRY(map_image(&p));
	TRY(map_handoff(&p));
	if (trampoline->size)
		TRY(arch_map(m, trampoline->base, trampoline->base, trampoline->size, ARCH_RX));
	if (trampoline->size && p.mapped)	/* its alias must not be writable either */
		TRY(map_range(&p, trampoline->base, trampoline->size, ARCH_RO));
	if (bi->fb.format != BOOT_FB_NONE)
		TRY(map_range(&p, bi->fb.mem.base, bi->fb.mem.size, ARCH_WC));
	if (uart_in_memory(&bi->uart))
		TRY(map_range(&p, ALIGN_DOWN(bi->uart.base, PAGE_SIZE), PAGE_SIZE, ARCH_IO));
	*unmapped = map_ram(&p, mem, n);
	return OK;
}
