/* SPDX-License-Identifier: MIT */
/*
 * pgtree.h - the page table format that x86-64, aarch64 (4 KiB granule) and RISC-V share.
 *
 * Only arch/<isa>/boot/pgtable.c includes this, after pte.h, which defines the entries' format:
 *   pte_leaf(m, pa, level, perm)  pte_table(pa)   entry values
 *   pte_is_leaf(entry, level)     pte_address(entry)
 *   pte_step(bytes)               difference between entries of leaves `bytes` apart
 *   pte_decode(m, entry, level, leaf)             sets write, exec, cached; makes va canonical
 * Defines arch_map and arch_map_walk. Pure. Level 0 is the tables of 4 KiB pages.
 */
#ifndef PGTREE_H
#define PGTREE_H
#include "arch/boot.h"
#include "arch/map.h"
#include "arch/pgshape.h"

#define PGTREE_LEVELS		5	/* at most */
#define PGTREE_UNROLL		16	/* entries per turn of the one hot loop */

/* The first entry in use in [e, end), or `end`. */
static uint64_t *pgtree_taken(uint64_t *e, uint64_t *end)
{
	for (; end - e >= PGTREE_UNROLL; e += PGTREE_UNROLL) {
		uint64_t taken = 0;

#pragma clang loop unroll(full)
		for (uint32_t i = 0; i < PGTREE_UNROLL; i++)
			taken |= e[i];
		if (taken)
			break;
	}
	while (e < end && !*e)
		e++;
	return e;
}

static void pgtree_clear(const struct arch_map *m, uint64_t *e, const uint64_t *end)
{
	if (ARCH_WIDE && m->flags & ARCH_MAP_WIDE)
		arch_wide_fill(e, (uint64_t)(end - e));
	else
		arch_fill(e, 0, (uint64_t)(end - e));
}

/* Write leaves that differ by `step` into [e, end). */
static __attribute__((noinline)) void pgtree_run(uint64_t *e, uint64_t *end, uint64_t leaf,
						 uint64_t step)
{
	const uint64_t *const turns = e + (end - e) / PGTREE_UNROLL * PGTREE_UNROLL;

	for (; e != turns; e += PGTREE_UNROLL) {
#pragma clang loop unroll(full)
		for (uint32_t i = 0; i < PGTREE_UNROLL; i += 2) {
			const uint64_t second = leaf + step;

			e[i] = leaf;			/* a pair: one store, where a CPU has it */
			e[i + 1] = second;
			leaf = second + step;
			__asm__("" : "+r"(leaf));	/* one addition each, not 16 sums */
		}
	}
	for (; e != end; e++, leaf += step)
		*e = leaf;
}

/*
 * Write the leaves from pa on into [e, end), entries of this level in one table. Wide stores are
 * for tables that no CPU is walking.
 */
static void pgtree_leaves(const struct arch_map *m, uint64_t *e, uint64_t *end, uint32_t level,
			  uint64_t pa, enum arch_perm perm)
{
	const uint64_t leaf = pte_leaf(m, pa, level, perm), step = pte_step(PGTREE_STEP(level));

	if (ARCH_WIDE && m->flags & ARCH_MAP_WIDE && !m->ordered)
		arch_wide_run(e, end, leaf, step);
	else
		pgtree_run(e, end, leaf, step);
}

static void pgtree_link(const struct arch_map *m, uint64_t *e, uint64_t sub)
{
	if (m->ordered)
		m->ordered();
	*(volatile uint64_t *)e = pte_table(sub);
}

/*
 * Write entries of `level` from e on, for up to n new tables that hold only leaves and are complete
 * before they are linked. Returns how many: fewer if an entry is in use, unless its table is fresh,
 * or if pages run out.
 */
static uint64_t pgtree_tables(struct arch_map *m, uint64_t *e, uint64_t n, uint32_t level,
			      uint64_t pa, enum arch_perm perm, bool fresh)
{
	const uint64_t step = pte_step(PGTREE_STEP(level - 1));
	uint64_t leaf = pte_leaf(m, pa, level - 1, perm), done;

	for (done = 0; done < n && (fresh || !e[done]); done++) {
		const uint64_t sub = m->page(m->cookie);
		uint64_t *table = pgtree_table(m, sub);

		if (!sub)
			break;
		if (ARCH_WIDE && m->flags & ARCH_MAP_WIDE)
			arch_wide_run(table, table + PGTREE_ENTRIES, leaf, step);
		else
			pgtree_run(table, table + PGTREE_ENTRIES, leaf, step);
		pgtree_link(m, &e[done], sub);
		leaf += step * PGTREE_ENTRIES;
	}
	return done;
}

/* The entry at e, or NULL if it is the first of the next table. */
static inline uint64_t *pgtree_inside(uint64_t *e)
{
	return (uint64_t)e & (PAGE_SIZE - 1) ? e : NULL;
}

/*
 * Link a new table at e, and return it; NULL: no page. Existing links and leaves never change, so
 * break-before-make is never needed (Arm ARM D8.16.1, SDM 3A 4.10.4). If the CPU may be walking the
 * tables it is cleared first; otherwise only up to the entry for va, from where on it is open.
 */
static inline uint64_t *pgtree_new(const struct arch_map *m, uint64_t *e, uint64_t va,
				   uint32_t level, bool fresh, uint64_t **open)
{
	const uint64_t sub = m->page(m->cookie);
	uint64_t *const table = pgtree_table(m, sub), *end = table + PGTREE_ENTRIES;

	if (!sub)
		return NULL;
	if (fresh)
		open[level] = pgtree_inside(e + 1);
	if (!m->ordered) {
		end = &table[(va >> PGTREE_SHIFT(level - 1)) % PGTREE_ENTRIES];
		open[level - 1] = end;
	}
	if (end != table)
		pgtree_clear(m, table, end);
	pgtree_link(m, e, sub);
	return table;
}

/* How many of `size` bytes the leaves from e on map; the first of them maps `part`. */
static inline uint64_t pgtree_skip(const uint64_t *e, uint32_t level, uint64_t part, uint64_t size)
{
	const uint64_t left = PGTREE_ENTRIES - (uint64_t)e / sizeof(*e) % PGTREE_ENTRIES;
	const uint64_t more = (size - part + PGTREE_STEP(level) - 1) >> PGTREE_SHIFT(level);
	const uint64_t *const first = e, *const stop = e + MIN(left, 1 + more);

	for (e++; e != stop && *e && pte_is_leaf(*e, level); e++)
		;
	return MIN(part + ((uint64_t)(e - first - 1) << PGTREE_SHIFT(level)), size);
}

/* How many entries from e on are in this table and are filled by `size` bytes. */
static inline uint64_t pgtree_room(const uint64_t *e, uint64_t size, uint32_t level)
{
	const uint64_t left = PGTREE_ENTRIES - (uint64_t)e / sizeof(*e) % PGTREE_ENTRIES;

	return MIN(size >> PGTREE_SHIFT(level), left);
}

/* Write leaves from e on. Returns how much they map. If e is fresh, what follows is open. */
static inline uint64_t pgtree_run_of(const struct arch_map *m, uint64_t *e, uint64_t size,
				     uint32_t level, uint64_t pa, enum arch_perm perm, bool fresh,
				     uint64_t **open)
{
	uint64_t *end = e + pgtree_room(e, size, level);

	if (!fresh && !(m->flags & ARCH_MAP_EMPTY))
		end = pgtree_taken(e, end);
	pgtree_leaves(m, e, end, level, pa, perm);
	if (fresh)
		open[level] = pgtree_inside(end);
	return (uint64_t)(end - e) << PGTREE_SHIFT(level);
}

/* The same with tables of leaves. 0: no pages. */
static inline uint64_t pgtree_tables_of(struct arch_map *m, uint64_t *e, uint64_t size,
					uint32_t level, uint64_t pa, enum arch_perm perm,
					bool fresh, uint64_t **open)
{
	const uint64_t n = pgtree_room(e, size, level);
	const uint64_t done = pgtree_tables(m, e, n, level, pa, perm, fresh);

	if (fresh && done)
		open[level] = pgtree_inside(e + done);
	return done << PGTREE_SHIFT(level);
}

/* Clear the rest of new tables. open[] may be the first entry of one. */
static inline void pgtree_close(const struct arch_map *m, uint64_t *const *open)
{
	for (uint32_t level = 0; level < m->levels; level++)
		if (open[level])
			pgtree_clear(m, open[level],
				     (uint64_t *)ALIGN_UP((uint64_t)(open[level] + 1), PAGE_SIZE));
}

/* No table is open. An initialiser would become a call of memset(). */
static inline void pgtree_none(uint64_t **open)
{
#pragma clang loop unroll(full)
	for (uint32_t level = 0; level < PGTREE_LEVELS; level++)
		open[level] = NULL;
}

/*
 * Map as much at once as one table holds, from the lowest table that is known to cover va. open[]
 * has, for each level, where the written part of a new table ends: entries from there on are not
 * read.
 */
static __attribute__((noinline)) status_t pgtree_fill(struct arch_map *m, uint64_t va, uint64_t pa,
						      uint64_t size, enum arch_perm perm)
{
	const uint32_t largest = m->flags & ARCH_MAP_GIB ? 2 : 1;
	uint64_t *open[PGTREE_LEVELS], part = 0;
	status_t status = OK;

	for (pgtree_none(open); size && status == OK; va += part, pa += part, size -= part) {
		const bool near = m->near && !((va ^ m->near_va) >> PGTREE_SHIFT(2));
		uint64_t *table = near ? m->near : pgtree_table(m, m->root);

		for (uint32_t level = near ? 1 : m->levels - 1;; level--) {
			const uint32_t shift = PGTREE_SHIFT(level);
			uint64_t *const e = table + (va >> shift) % PGTREE_ENTRIES;
			const bool fresh = e == open[level];

			if (level == 1) {
				m->near = table;
				m->near_va = va;
			}
			if (!fresh && *e && !pte_is_leaf(*e, level)) {
				table = pgtree_table(m, pte_address(*e));
				continue;
			}
			part = MIN(PGTREE_STEP(level) - va % PGTREE_STEP(level), size);
			if (!fresh && *e) {
				part = pgtree_skip(e, level, part, size);
				break;
			}
			if (level <= largest && part >> shift && !(pa % PGTREE_STEP(level))) {
				if (!level) {
					m->recent = table;
					m->recent_va = va;
				}
				part = pgtree_run_of(m, e, size, level, pa, perm, fresh, open);
				break;
			}
			if (level && level <= largest + 1 && part >> shift &&
			    !(pa % PGTREE_STEP(level - 1))) {
				part = pgtree_tables_of(m, e, size, level, pa, perm, fresh, open);
				status = part ? OK : ERR_NO_MEMORY;
				break;
			}
			table = level ? pgtree_new(m, e, va, level, fresh, open) : NULL;
			if (table)
				continue;
			status = ERR_NO_MEMORY;		/* or a part of a page is asked for */
			break;
		}
	}
	pgtree_close(m, open);
	return status;
}

status_t arch_map(struct arch_map *m, uint64_t va, uint64_t pa, uint64_t size,
		  enum arch_perm perm)
{
	if (!size)
		return OK;
	/* pages in the table that was used last: the common case in a long memory map */
	if (m->recent && !((va ^ m->recent_va) >> PGTREE_SHIFT(1)) &&
	    !((va ^ (va + size - 1)) >> PGTREE_SHIFT(1))) {
		uint64_t *const e = &m->recent[(va >> PAGE_SHIFT) % PGTREE_ENTRIES];
		uint64_t *end = e + (size >> PAGE_SHIFT), done;

		if (!(m->flags & ARCH_MAP_EMPTY))
			end = pgtree_taken(e, end);
		pgtree_leaves(m, e, end, 0, pa, perm);
		done = (uint64_t)(end - e) << PAGE_SHIFT;
		if (done == size)
			return OK;
		va += done;
		pa += done;
		size -= done;
	}
	return pgtree_fill(m, va, pa, size, perm);
}

static bool pgtree_visit(const struct arch_map *m, uint64_t pa, uint32_t level, uint64_t va,
			 bool (*visit)(const struct arch_leaf *, void *), void *cookie)
{
	const uint64_t *table = pgtree_table(m, pa);

	for (uint32_t i = 0; i < PGTREE_ENTRIES; i++, va += PGTREE_STEP(level)) {
		if (!table[i])
			continue;
		if (pte_is_leaf(table[i], level)) {
			struct arch_leaf leaf = {
				.va = va, .pa = pte_address(table[i]), .size = PGTREE_STEP(level),
			};

			pte_decode(m, table[i], level, &leaf);
			if (!visit(&leaf, cookie))
				return false;
		} else if (!pgtree_visit(m, pte_address(table[i]), level - 1, va, visit, cookie)) {
			return false;
		}
	}
	return true;
}

void arch_map_walk(const struct arch_map *m, bool (*visit)(const struct arch_leaf *, void *),
		   void *cookie)
{
	pgtree_visit(m, m->root, m->levels - 1, 0, visit, cookie);
}
#endif
