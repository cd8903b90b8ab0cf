/* SPDX-License-Identifier: MIT */
/*
 * pgedit.h - changes to live tables of pgtree.h's shape.
 *
 * Included by arch/<isa>/kernel/pgedit.c only, after pte.h and these:
 *   pte_smaller(entry, level)	the leaf for a table of `level` at the start of this larger leaf
 *   PGEDIT_BREAK		whether replacing a leaf by a table needs break-before-make
 *   PGEDIT_LINKS		whether CPUs forget links to tables only if everything is flushed,
 *				from 0 on, size UINT64_MAX
 *   PGEDIT_PRESENT		the CPU ignores entries without this bit
 *   pte_writable(entry)	whether this is a leaf through which memory can be written
 *   pgedit_address(m, va)	whether va is a valid address on the CPU
 * Permissions are changed entry by entry: for the same page that needs no break-before-make (Arm
 * ARM D8.16.1, SDM 3A 4.10.4).
 */
#ifndef PGEDIT_H
#define PGEDIT_H
#include "arch/boot.h"
#include "arch/pgshape.h"

static void entry_write(uint64_t *e, uint64_t value)
{
	*(volatile uint64_t *)e = value;
}

/* The entry at which the walk for va ends: a leaf or an empty one. */
static uint64_t *entry_find(const struct arch_map *m, uint64_t va, uint32_t *level)
{
	uint64_t *table = pgtree_table(m, m->root);

	for (*level = m->levels - 1;; --*level) {
		uint64_t *e = &table[(va >> PGTREE_SHIFT(*level)) % PGTREE_ENTRIES];

		if (!*e || pte_is_leaf(*e, *level))
			return e;
		table = pgtree_table(m, pte_address(*e));
	}
}

bool arch_map_find(const struct arch_map *m, uint64_t va, struct arch_leaf *out)
{
	uint32_t level;
	const uint64_t entry = *entry_find(m, va, &level);

	*out = (struct arch_leaf){
		.va = ALIGN_DOWN(va, PGTREE_STEP(level)), .size = PGTREE_STEP(level),
	};
	if (!entry)
		return false;
	out->pa = pte_address(entry);
	pte_decode(m, entry, level, out);
	return true;
}

bool arch_map_path(const struct arch_map *m, uint64_t va, struct arch_step *out)
{
	uint64_t pa = m->root;
	bool more = true;

	for (uint32_t level = m->levels; level--; out++) {
		*out = (struct arch_step){ .index = (va >> PGTREE_SHIFT(level)) % PGTREE_ENTRIES };
		if (!more)
			continue;
		out->table = pa;
		out->entry = pgtree_table(m, pa)[out->index];
		out->present = out->entry & PGEDIT_PRESENT;
		out->leaf = out->present && pte_is_leaf(out->entry, level);
		pa = pte_address(out->entry);
		more = out->present && !out->leaf;
	}
	return pgedit_address(m, va);
}

/* ---- single pages, in the table of pages that was used last ---- */

/* NULL: va is in another table, or not the start of a page. */
static uint64_t *entry_recent(const struct arch_map *m, uint64_t va)
{
	if (!m->recent || (va ^ m->recent_va) >> PGTREE_SHIFT(1) || va % PAGE_SIZE)
		return NULL;
	return &m->recent[(va >> PAGE_SHIFT) % PGTREE_ENTRIES];
}

bool arch_map_page(const struct arch_map *m, uint64_t va, uint64_t pa, enum arch_perm perm)
{
	uint64_t *entry = entry_recent(m, va);

	if (!entry || *entry)
		return false;
	entry_write(entry, pte_leaf(m, pa, 0, perm));
	return true;
}

/* Starts near the entry that was just cleared: remaining entries are most often close to it. */
static __attribute__((noinline)) bool table_empty(const uint64_t *table, uint32_t near)
{
	const uint32_t start = near & ~15u;

	for (uint32_t i = 0; i < PGTREE_ENTRIES; i += 16) {
		const uint64_t *e = &table[(start + i) % PGTREE_ENTRIES];
		uint64_t taken = 0;

#pragma clang loop unroll(full)
		for (uint32_t k = 0; k < 16; k++)
			taken |= e[k];
		if (taken)
			return false;
	}
	return true;
}

/* Unmap a page, unless no other entry of its table would remain. */
static bool page_clear(struct arch_edit *e, uint64_t va, uint64_t *entry)
{
	const uint32_t i = (va >> PAGE_SHIFT) % PGTREE_ENTRIES;
	const uint64_t old = *entry;

	entry_write(entry, 0);
	if (table_empty(entry - i, i)) {
		entry_write(entry, old);	/* harmless: it is about to be unmapped */
		return false;
	}
	e->flush(va, PAGE_SIZE);
	return true;
}

bool arch_map_page_clear(struct arch_edit *e, uint64_t va)
{
	uint64_t *entry = entry_recent(e->map, va);

	return entry && pte_writable(*entry) && page_clear(e, va, entry);
}

/* ---- split ---- */

/* Replace a leaf by a table that maps the same. */
static status_t entry_divide(struct arch_edit *e, uint64_t *entry, uint32_t level, uint64_t va)
{
	const struct arch_map *m = e->map;
	const uint64_t old = *entry, step = pte_step(PGTREE_STEP(level - 1));
	const uint64_t base = ALIGN_DOWN(va, PGTREE_STEP(level));
	const uint64_t sub = m->page(m->cookie);
	uint64_t *table = pgtree_table(m, sub), leaf = pte_smaller(old, level - 1);

	if (!sub)
		return ERR_NO_MEMORY;
	for (uint32_t i = 0; i < PGTREE_ENTRIES; i++, leaf += step)
		table[i] = leaf;
	if (PGEDIT_BREAK) {
		const status_t status = e->beside(&entry, base, PGTREE_STEP(level));

		if (status != OK) {
			e->gone(sub);
			return status;
		}
		entry_write(entry, 0);
		e->flush(base, PGTREE_STEP(level));
	}
	m->ordered();
	entry_write(entry, pte_table(sub));
	m->ordered();
	if (PGEDIT_BREAK)
		e->done();
	return OK;
}

status_t arch_map_split(struct arch_edit *e, uint64_t va)
{
	for (;;) {
		uint32_t level;
		uint64_t *entry = entry_find(e->map, va, &level);

		if (!*entry || !(va & (PGTREE_STEP(level) - 1)))
			return OK;
		TRY(entry_divide(e, entry, level, va));
	}
}

/* ---- unmap ---- */

/* Free tables only after the flush: until then a CPU may be walking them. */
static void gone_flush(struct arch_edit *e)
{
	const bool all = PGEDIT_LINKS && e->gone_count;

	e->flush(all ? 0 : e->va, all ? UINT64_MAX : e->size);
	for (uint32_t i = 0; i < e->gone_count; i++)
		e->gone(e->gone_pa[i]);
	e->gone_count = 0;
}

static void table_clear(struct arch_edit *e, uint64_t *table, uint32_t level, uint64_t va,
			uint64_t size)
{
	uint64_t *entry = &table[(va >> PGTREE_SHIFT(level)) % PGTREE_ENTRIES];

	for (; size; entry++) {
		const uint64_t step = PGTREE_STEP(level);
		const uint64_t part = MIN(size, step - (va & (step - 1)));
		const uint64_t old = *entry;

		if (old && pte_is_leaf(old, level)) {
			entry_write(entry, 0);
		} else if (old) {
			uint64_t *sub = pgtree_table(e->map, pte_address(old));

			table_clear(e, sub, level - 1, va, part);
			if (table_empty(sub, (va >> PGTREE_SHIFT(level - 1)) % PGTREE_ENTRIES)) {
				entry_write(entry, 0);
				e->gone_pa[e->gone_count++] = pte_address(old);
				if (e->gone_count == ARCH_EDIT_GONE)
					gone_flush(e);
			}
		}
		va += part;
		size -= part;
	}
}

/* A single page, in a table that has others as well, which is then the one used last. */
static bool page_found_clear(struct arch_edit *e, uint64_t va)
{
	uint32_t level;
	uint64_t *entry = entry_find(e->map, va, &level);

	if (level || !*entry)
		return false;
	e->map->recent = entry - (va >> PAGE_SHIFT) % PGTREE_ENTRIES;
	e->map->recent_va = va;
	return page_clear(e, va, entry);
}

void arch_map_clear(struct arch_edit *e, uint64_t va, uint64_t size)
{
	struct arch_map *m = e->map;

	if (size == PAGE_SIZE && page_found_clear(e, va))
		return;
	e->va = va;
	e->size = size;
	e->gone_count = 0;
	m->recent = m->near = NULL;	/* these tables may be freed */
	table_clear(e, pgtree_table(m, m->root), m->levels - 1, va, size);
	gone_flush(e);
}

/* ---- protect ---- */

void arch_map_change(struct arch_edit *e, uint64_t va, uint64_t size, enum arch_perm perm)
{
	const struct arch_map *m = e->map;
	uint64_t step;

	for (uint64_t at = va, left = size; left; at += step, left -= step) {
		uint32_t level;
		uint64_t *entry = entry_find(m, at, &level);

		step = MIN(left, PGTREE_STEP(level) - (at & (PGTREE_STEP(level) - 1)));
		if (*entry)
			entry_write(entry, pte_leaf(m, pte_address(*entry), level, perm));
	}
	e->flush(va, size);
}
#endif
