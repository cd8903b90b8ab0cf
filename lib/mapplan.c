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

#define HOLES_MAX	6

struct plan {
	struct arch_map *map;
	const struct boot_info *bi;
	uint64_t direct;	/* add this to a physical address to find RAM */
	bool mapped;
	uint32_t holes;
	struct boot_range hole[HOLES_MAX];	/* what map_rest leaves out */
};

static status_t map_direct(const struct plan *p, uint64_t base, uint64_t end, enum arch_perm perm)
{
	return arch_map(p->map, p->direct + base, base, end - base, perm);
}

static void add_hole(struct plan *p, uint64_t base, uint64_t size)
{
	p->hole[p->holes++] = (struct boot_range){ base, size };
}

/* Map any byte range, widened to whole pages. Skips ranges that are out of reach. */
static status_t map_range(struct plan *p, uint64_t base, uint64_t size, enum arch_perm perm)
{
	const uint64_t start = ALIGN_DOWN(base, PAGE_SIZE), end = ALIGN_UP(base + size, PAGE_SIZE);

	if (size == 0 || !ends_by(base, size, ARCH_REACH))
		return OK;
	add_hole(p, start, end - start);
	return map_direct(p, start, end, perm);
}

/* Map [base, end) as RAM, except the holes. */
static status_t map_rest(struct plan *p, uint64_t base, uint64_t end)
{
	status_t status = OK;

	if (!p->map->ordered)	/* nothing is mapped there; but others add to tables in use */
		p->map->flags |= ARCH_MAP_EMPTY;
	while (base < end && status == OK) {
		uint64_t stop = end, next = end;	/* the first hole, if there is one */

		for (const struct boot_range *h = p->hole; h < &p->hole[p->holes]; h++)
			if (h->base < stop && h->base + h->size > base) {
				stop = h->base;
				next = stop + h->size;
			}
		if (stop > base)
			status = map_direct(p, base, stop, ARCH_RW);
		base = next;
	}
	p->map->flags &= ~ARCH_MAP_EMPTY;
	return status;
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

static status_t map_image(struct plan *p)
{
	TRY(map_segment(p, image_text, image_rodata, ARCH_RX));
	TRY(map_segment(p, image_rodata, image_data, ARCH_RO));	/* .relro is relocated by now */
	add_hole(p, p->bi->image.base + PAGE_SIZE, p->bi->image.size - PAGE_SIZE);
	return map_segment(p, image_data, image_end, ARCH_RW);
}

/* Map the handoff, except the pages below the stacks and what map_image has mapped. */
static status_t map_handoff(struct plan *p)
{
	const struct boot_info *bi = p->bi;
	const uint32_t holes = p->holes;

	add_hole(p, bi->boot_stack.base - PAGE_SIZE, PAGE_SIZE);
	add_hole(p, bi->trap_stack.base - PAGE_SIZE, PAGE_SIZE);
	TRY(map_rest(p, bi->handoff.base, bi->handoff.base + bi->handoff.size));
	p->holes = holes;
	add_hole(p, bi->handoff.base, bi->handoff.size);
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
static uint64_t map_ram(struct plan *p, const struct boot_mem *mem, uint32_t n)
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
		    map_rest(p, base, top) != OK)
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
	if (trampoline->size) {
		TRY(arch_map(m, trampoline->base, trampoline->base, trampoline->size, ARCH_RX));
		if (p.mapped)	/* its alias must not be writable either */
			TRY(map_direct(&p, trampoline->base, trampoline->base + trampoline->size,
				       ARCH_RO));
		add_hole(&p, trampoline->base, trampoline->size);
	}
	if (bi->fb.format != BOOT_FB_NONE)
		TRY(map_range(&p, bi->fb.mem.base, bi->fb.mem.size, ARCH_WC));
	if (uart_in_memory(&bi->uart))
		TRY(map_range(&p, ALIGN_DOWN(bi->uart.base, PAGE_SIZE), PAGE_SIZE, ARCH_IO));
	*unmapped = map_ram(&p, mem, n);
	return OK;
}
