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

/*
 * Write leaves that differ by `step`, from e up to `end` or the first entry in use; `empty` says
 * that none is in use, and no CPU uses the table. Returns how many were written.
 */
static __attribute__((noinline)) uint64_t pgtree_run(const struct arch_map *m, uint64_t *e,
						     uint64_t *end, uint64_t leaf,
						     uint64_t step, bool empty)
{
	const uint64_t *const start = e;
	const uint64_t *turns;

	if (!empty)
		end = pgtree_taken(e, end);
	if (ARCH_WIDE && m->flags & ARCH_MAP_WIDE && (empty || !m->ordered)) {
		arch_wide_run(e, end, leaf, step);
		return (uint64_t)(end - start);
	}
	turns = e + (end - e) / PGTREE_UNROLL * PGTREE_UNROLL;
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
	return (uint64_t)(e - start);
}

/*
 * A table is complete before it is linked, as the CPU may be walking the tables. Existing links and
 * leaves never change, so break-before-make is never needed (Arm ARM D8.13.1, SDM 3A 4.10.4).
 */
static void pgtree_link(const struct arch_map *m, uint64_t *e, uint64_t sub)
{
	if (m->ordered)
		m->ordered();
	*(volatile uint64_t *)e = pte_table(sub);
}

/*
 * Write entries of `level` from e on, for up to n new tables that have leaves alone. Returns how
 * many: fewer if an entry is in use, unless its table is fresh, or if pages run out.
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
		(void)pgtree_run(m, table, table + PGTREE_ENTRIES, leaf, step, true);
		pgtree_link(m, &e[done], sub);
		leaf += step * PGTREE_ENTRIES;
	}
	return done;
}

/*
 * Fill [va, va+size), which lies below one table of this level. Entries in use are kept. The page
 * of a fresh table has not been cleared: this clears every entry that it does not write.
 */
static status_t pgtree_fill(struct arch_map *m, uint64_t *table, uint32_t level, uint64_t va,
			    uint64_t pa, uint64_t size, enum arch_perm perm, bool fresh)
{
	const uint32_t shift = PGTREE_SHIFT(level);
	const uint64_t step = PGTREE_STEP(level);
	const uint32_t most = m->flags & ARCH_MAP_GIB ? 2 : 1;	/* the highest level with leaves */
	const bool empty = fresh || m->flags & ARCH_MAP_EMPTY;
	uint64_t *e = &table[(va >> shift) % PGTREE_ENTRIES];
	uint64_t *const end = &table[((va + size - 1) >> shift) % PGTREE_ENTRIES] + 1;
	status_t status = OK;

	if (fresh) {
		pgtree_clear(m, table, e);
		pgtree_clear(m, end, table + PGTREE_ENTRIES);
	}
	while (e < end && status == OK) {
		uint64_t part = MIN(size, step - (va & (step - 1)));
		const bool free = fresh || !*e;

		if (level <= most && free && !((va | pa) & (step - 1)) && size >= step) {
			uint64_t run = pgtree_run(m, e, e + (size >> shift),
						  pte_leaf(m, pa, level, perm),
						  pte_step(step), empty);

			e += run - 1;
			part = run << shift;
		} else if (level && level <= most + 1 && free && !(va & (step - 1)) &&
			   !(pa & (PGTREE_STEP(level - 1) - 1)) && size >= step) {
			uint64_t run = pgtree_tables(m, e, size >> shift, level, pa, perm, fresh);

			if (!run) {
				status = ERR_NO_MEMORY;
				break;
			}
			e += run - 1;
			part = run << shift;
		} else if (level && free) {
			uint64_t sub = m->page(m->cookie);

			if (!sub) {
				status = ERR_NO_MEMORY;
				break;
			}
			status = pgtree_fill(m, pgtree_table(m, sub), level - 1, va, pa, part, perm,
					     true);
			pgtree_link(m, e, sub);	/* if pages ran out, its other entries are 0 */
		} else if (level && !pte_is_leaf(*e, level)) {
			status = pgtree_fill(m, pgtree_table(m, pte_address(*e)), level - 1, va, pa,
					     part, perm, false);
		} else {		/* all leaves; `part` is too much only at the end */
			const uint64_t *const first = e++;

			while (e < end && *e && pte_is_leaf(*e, level))
				e++;
			part += (uint64_t)(--e - first) << shift;
		}
		e++;
		va += part;
		pa += part;
		size -= part;
	}
	if (fresh)
		pgtree_clear(m, e, end);	/* entries left over if pages ran out */
	return status;
}

/* Start from the lowest existing table that covers the whole range. */
status_t arch_map(struct arch_map *m, uint64_t va, uint64_t pa, uint64_t size,
		  enum arch_perm perm)
{
	uint64_t *table = pgtree_table(m, m->root);
	const uint64_t last = va + size - 1;
	uint32_t level = m->levels - 1;

	if (!size)
		return OK;
	if (m->recent && !((va ^ m->recent_va) >> PGTREE_SHIFT(1)) &&
	    !((va ^ last) >> PGTREE_SHIFT(1))) {
		table = m->recent;
		level = 0;
	}
	for (; level; level--) {
		const uint32_t shift = PGTREE_SHIFT(level);
		const uint64_t entry = table[(va >> shift) % PGTREE_ENTRIES];

		if ((va ^ last) >> shift || !entry || pte_is_leaf(entry, level))
			break;
		table = pgtree_table(m, pte_address(entry));
	}
	if (!level) {	/* only pages: the common case in a long memory map */
		uint64_t *e = &table[(va >> PAGE_SHIFT) % PGTREE_ENTRIES];
		m->recent = table;
		m->recent_va = va;

		uint64_t done = pgtree_run(m, e, e + (size >> PAGE_SHIFT),
					   pte_leaf(m, pa, 0, perm), pte_step(PAGE_SIZE),
					   m->flags & ARCH_MAP_EMPTY) << PAGE_SHIFT;

		if (done == size)
			return OK;
		va += done;
		pa += done;
		size -= done;
	}
	return pgtree_fill(m, table, level, va, pa, size, perm, false);
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
