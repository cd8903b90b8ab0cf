/* SPDX-License-Identifier: MIT */
/*
 * space.c - see space.h. Pages for tables come from page_alloc() and from the unused part of the
 * stub's page pool. Tables of the stub that become empty are reused here and never freed, as they
 * are a part of the handoff.
 */
#include "kernel/mm/space.h"
#include "arch/boot.h"
#include "kernel/cpu/lock.h"
#include "kernel/mm/alias.h"
#include "kernel/mm/page.h"
#include "lib/image.h"

#define SPARES		8		/* free tables kept for the next mapping */
#define FIXED_MAX	72		/* more pieces of code than any firmware has */
#define BESIDE		SPACE_AREA	/* one page: a second mapping of a table */
#define FRAMES		256		/* beside()'s, and that of the function that calls it */

struct fixed {
	struct boot_range mem;
	bool ever;			/* the image's: must not be unmapped either */
};

static NOINIT struct fixed fixed[FIXED_MAX];	/* physical memory that must not be written */
static struct {
	struct lock lock;
	struct arch_map map;
	struct arch_edit edit;
	uint64_t spare[SPARES];		/* from page_alloc() */
	uint32_t spares;
	uint64_t kept;			/* the stub's: a list linked through their first words */
	uint64_t end;			/* of physical addresses */
	uint32_t fixed_count;		/* entries of fixed[] in use */
	bool beside;			/* BESIDE is in use */
	uint64_t irq;
} space;

void (*space_flush)(uint64_t va, uint64_t size) = arch_map_flush_range;
bool (*space_hold)(void);
void (*space_release)(void);

static void flush(uint64_t va, uint64_t size)
{
	space_flush(va, size);
}

void *space_ram(uint64_t pa)
{
	return (void *)(pa + space.map.offset);
}

/* ---- pages for tables ---- */

static uint64_t table_page(void *cookie)
{
	uint64_t pa = space.kept;

	(void)cookie;
	if (pa) {
		space.kept = *(uint64_t *)space_ram(pa);
		return pa;
	}
	return space.spares ? space.spare[--space.spares] : page_alloc(0, 0);
}

static void table_keep(uint64_t pa)
{
	*(uint64_t *)space_ram(pa) = space.kept;
	space.kept = pa;
}

static void table_gone(uint64_t pa)
{
	uint64_t base;
	uint32_t order;

	if (!page_owner(pa, &base, &order))
		table_keep(pa);
	else if (space.spares < SPARES)
		space.spare[space.spares++] = pa;
	else
		page_free(pa, 0);
}

/* ---- what must not be written ---- */

static __attribute__((noinline)) const struct fixed *fixed_find(uint64_t pa, uint64_t size)
{
	for (uint32_t i = 0; i < space.fixed_count; i++)
		if (ranges_overlap(pa, size, fixed[i].mem.base, fixed[i].mem.size))
			return &fixed[i];
	return NULL;
}

static MINSIZE bool fixed_add(uint64_t pa, uint64_t size, bool ever)
{
	struct fixed *last = &fixed[space.fixed_count];

	if (space.fixed_count && !ever && !last[-1].ever &&
	    last[-1].mem.base + last[-1].mem.size == pa) {
		last[-1].mem.size += size;
		return true;
	}
	if (space.fixed_count == FIXED_MAX)
		return false;
	*last = (struct fixed){ { pa, size }, ever };
	space.fixed_count++;
	return true;
}

/* ---- splitting ---- */

static void beside_unmap(void)
{
	struct arch_edit edit = space.edit;	/* a copy: space.edit is in use */

	arch_map_clear(&edit, BESIDE, PAGE_SIZE);
}

/*
 * Before a large leaf is removed for a moment: if the table at *p is in it, map the table a second
 * time and change *p to that address. Hold the other CPUs and mask interrupts, as they must not use
 * the leaf meanwhile. If this CPU's stack or our variables are in it, that is impossible.
 */
static MINSIZE status_t beside(uint64_t **p, uint64_t va, uint64_t size)
{
	const uint64_t page = ALIGN_DOWN((uint64_t)*p, PAGE_SIZE);
	status_t status = OK;

	if (ranges_overlap(va, size, (uint64_t)__builtin_frame_address(0), FRAMES) ||
	    (uint64_t)&space - va < size || (uint64_t)&space_flush - va < size)
		return ERR_UNSUPPORTED;
	space.beside = page - va < size;
	if (space.beside)
		status = arch_map(&space.map, BESIDE, page - space.map.offset, PAGE_SIZE, ARCH_RW);
	if (status == OK && space_hold && !space_hold())
		status = ERR_UNSUPPORTED;
	if (status != OK) {
		beside_unmap();
		return status;
	}
	if (space.beside)
		*p = (uint64_t *)(BESIDE + ((uint64_t)*p - page));
	space.map.ordered();
	space.irq = arch_irq_save();
	return OK;
}

static MINSIZE void beside_done(void)
{
	arch_irq_restore(space.irq);
	if (space_release)
		space_release();
	if (space.beside)
		beside_unmap();
}

/* ---- checks ---- */

/* Whether the range is whole pages, and valid addresses on this CPU. */
static bool range_ok(uint64_t va, uint64_t size)
{
	const uint32_t bits = PAGE_SHIFT + 9 * space.map.levels;
	const uint64_t last = va + size - 1;
	const bool both = !(space.map.flags & ARCH_MAP_EL2);
	const uint64_t top = va >> (both ? bits - 1 : bits);

	if ((va | size) % PAGE_SIZE || !size || last < va)
		return false;
	if (last >> (both ? bits - 1 : bits) != top)
		return false;
	return !top || (both && top == UINT64_MAX >> (bits - 1));
}

/* The next leaf in the range, at *at or above. Sets *at to its end. False: no more. */
static bool leaf_next(uint64_t *at, uint64_t va, uint64_t size, struct arch_leaf *leaf)
{
	while (*at - va < size) {
		const bool found = arch_map_find(&space.map, *at, leaf);

		*at = ALIGN_DOWN(*at, leaf->size) + leaf->size;
		if (found)
			return true;
	}
	return false;
}

static bool range_empty(uint64_t va, uint64_t size)
{
	struct arch_leaf leaf;
	uint64_t at = va;

	return !leaf_next(&at, va, size, &leaf);
}

/* The physical memory of the part of a leaf that lies in the range. */
static struct boot_range leaf_part(const struct arch_leaf *leaf, uint64_t va, uint64_t size)
{
	const uint64_t before = va > leaf->va ? va - leaf->va : 0;
	const uint64_t left = size - (leaf->va + before - va);

	return (struct boot_range){ leaf->pa + before, MIN(leaf->size - before, left) };
}

/* Split leaves that cross the ends of the range. */
static status_t ends_split(uint64_t va, uint64_t size)
{
	TRY(arch_map_split(&space.edit, va));
	return arch_map_split(&space.edit, va + size);
}

/* ---- map ---- */

static status_t map_allowed(uint64_t va, uint64_t pa, uint64_t size, enum arch_perm perm)
{
	if (!range_ok(va, size) || pa % PAGE_SIZE || !ends_by(pa, size, space.end))
		return ERR_BAD_OPTION;
	if (perm == ARCH_RO)
		return OK;
	if (perm != ARCH_RX)
		return fixed_find(pa, size) ? ERR_SECURITY : OK;
	if (!range_empty(va, size))
		return ERR_IN_USE;
	return alias_find(&space.map, pa, size) ? ERR_SECURITY : OK;
}

/* The common case. Where the table of pages is the one used last, va has been checked before. */
static bool map_page(uint64_t va, uint64_t pa, uint64_t size, enum arch_perm perm)
{
	if (size != PAGE_SIZE || pa % PAGE_SIZE || pa >= space.end || perm == ARCH_RX ||
	    (perm != ARCH_RO && fixed_find(pa, size)) || !arch_map_page(&space.map, va, pa, perm))
		return false;
	space.map.ordered();
	return true;
}

static MINSIZE __attribute__((noinline)) status_t map_range(uint64_t va, uint64_t pa,
							    uint64_t size, enum arch_perm perm)
{
	status_t status;

	TRY(map_allowed(va, pa, size, perm));
	if (!range_empty(va, size))
		return ERR_IN_USE;
	status = arch_map(&space.map, va, pa, size, perm);
	if (status == OK && perm == ARCH_RX && !fixed_add(pa, size, false))
		status = ERR_NO_MEMORY;
	if (status != OK)
		arch_map_clear(&space.edit, va, size);
	else
		space.map.ordered();
	return status;
}

status_t space_map(uint64_t va, uint64_t pa, uint64_t size, enum arch_perm perm)
{
	lock_acquire_fast(&space.lock);
	const status_t status = map_page(va, pa, size, perm) ? OK : map_range(va, pa, size, perm);

	lock_release(&space.lock);
	return status;
}

/* ---- unmap, protect ---- */

/*
 * Executable memory that is unmapped may be writable again. If it is the middle of an entry and
 * there is no room for another one, it stays fixed.
 */
static MINSIZE void fixed_drop(uint64_t pa, uint64_t size)
{
	const uint64_t next = pa + size;

	for (uint32_t i = 0; i < space.fixed_count; i++) {
		struct fixed *f = &fixed[i];
		const uint64_t end = f->mem.base + f->mem.size;

		if (f->ever || !ranges_overlap(pa, size, f->mem.base, f->mem.size))
			continue;
		if (pa <= f->mem.base) {
			f->mem.base = MIN(end, next);
			f->mem.size = end - f->mem.base;
		} else if (next >= end || fixed_add(next, end - next, false)) {
			f->mem.size = pa - f->mem.base;
		}
		if (!f->mem.size)
			fixed[i--] = fixed[--space.fixed_count];
	}
}

static __attribute__((noinline)) status_t unmap_range(uint64_t va, uint64_t size)
{
	bool code = false, across = false;
	struct arch_leaf leaf;

	if (!range_ok(va, size))
		return ERR_BAD_OPTION;
	for (uint64_t at = va; leaf_next(&at, va, size, &leaf);) {
		const struct boot_range part = leaf_part(&leaf, va, size);
		const struct fixed *f = fixed_find(part.base, part.size);

		if (f && f->ever && leaf.va - SPACE_AREA >= SPACE_AREA_SIZE)
			return ERR_SECURITY;
		code |= leaf.exec;
		across |= part.size != leaf.size;
	}
	if (across)
		TRY(ends_split(va, size));
	for (uint64_t at = va; code && leaf_next(&at, va, size, &leaf);)
		if (leaf.exec)
			fixed_drop(leaf.pa, leaf.size);
	arch_map_clear(&space.edit, va, size);
	return OK;
}

status_t space_unmap(uint64_t va, uint64_t size)
{
	lock_acquire_fast(&space.lock);
	/* no code, and nothing fixed, is mapped writable */
	const bool done = size == PAGE_SIZE && arch_map_page_clear(&space.edit, va);
	const status_t status = done ? OK : unmap_range(va, size);

	lock_release(&space.lock);
	return status;
}

static status_t protect_range(uint64_t va, uint64_t size, enum arch_perm perm)
{
	struct arch_leaf leaf;
	uint64_t at = va;

	if (!range_ok(va, size))
		return ERR_BAD_OPTION;
	if (perm != ARCH_RO && perm != ARCH_RW)
		return ERR_SECURITY;
	while (at - va < size) {
		if (!arch_map_find(&space.map, at, &leaf) || !leaf.cached)
			return ERR_NOT_FOUND;
		at = ALIGN_DOWN(at, leaf.size) + leaf.size;
		const struct boot_range part = leaf_part(&leaf, va, size);

		if (leaf.exec || fixed_find(part.base, part.size))
			return ERR_SECURITY;
	}
	TRY(ends_split(va, size));
	arch_map_change(&space.edit, va, size, perm);
	return OK;
}

status_t space_protect(uint64_t va, uint64_t size, enum arch_perm perm)
{
	lock_acquire(&space.lock);
	const status_t status = protect_range(va, size, perm);

	lock_release(&space.lock);
	return status;
}

MINSIZE bool space_find(uint64_t va, struct arch_leaf *out)
{
	const uint64_t page = ALIGN_DOWN(va, PAGE_SIZE);

	*out = (struct arch_leaf){ .va = page, .size = PAGE_SIZE };
	if (!range_ok(page, PAGE_SIZE))
		return false;
	lock_acquire(&space.lock);
	const bool found = arch_map_find(&space.map, va, out);

	lock_release(&space.lock);
	return found;
}

/* ---- the beginning ---- */

/* The page from which the stub jumped stays executable. */
static void fixed_trampoline(const struct boot_info *bi)
{
	const uint64_t start = ALIGN_DOWN(bi->image_loaded + image_offset(idmap_start), PAGE_SIZE);
	const uint64_t end = ALIGN_UP(bi->image_loaded + image_offset(idmap_end), PAGE_SIZE);

	(void)fixed_add(start, end - start, true);
}

MINSIZE void space_start(struct boot_info *bi)
{
	const uint64_t text = image_offset(image_text);

	space.map = (struct arch_map){ .page = table_page, .offset = bi->direct_map };
	arch_map_live(&space.map);
	space.edit = (struct arch_edit){
		.map = &space.map, .flush = flush, .gone = table_gone,
		.beside = ARCH_BREAKS ? beside : NULL, .done = ARCH_BREAKS ? beside_done : NULL,
	};
	space.end = arch_physical_end();
	for (; bi->page_pool.size - bi->page_used >= PAGE_SIZE; bi->page_used += PAGE_SIZE)
		table_keep(bi->page_pool.base + bi->page_used);
	(void)fixed_add(bi->image.base + text, image_offset(image_data) - text, true);
	if (ARCH_TRAMPOLINE)
		fixed_trampoline(bi);
}
