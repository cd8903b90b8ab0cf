/* SPDX-License-Identifier: MIT */
/*
 * map.h - builds, reads, changes and activates page tables.
 *
 * For the stub, and for a kernel that uses tables of the same format.
 */
#ifndef ARCH_MAP_H
#define ARCH_MAP_H
#include "lib/base.h"
#include "lib/status.h"

enum arch_perm {
	ARCH_RX, ARCH_RO, ARCH_RW,
	ARCH_IO,	/* device: uncached, not executable */
	ARCH_WC,	/* framebuffer: write combining (Normal non-cacheable on aarch64) */
};

struct arch_map {
	uint64_t root;			/* physical address of the root table */
	uint64_t (*page)(void *cookie);	/* a physical page for a table, not cleared; 0: none */
	void *cookie;
	uint64_t offset;		/* add this to a table's address to dereference it */
	uint32_t levels;		/* 3, 4 or 5 */
	uint32_t flags;			/* ARCH_MAP_* */
	void (*ordered)(void);		/* live tables: makes walkers see earlier writes first; */
					/* NULL: the tables are not in use */
	uint64_t *recent;		/* private, initially NULL: the table of pages that was */
	uint64_t recent_va;		/* used last, and an address in it */
	uint64_t *near, near_va;	/* the same, of the table of 2 MiB entries */
};
#define ARCH_MAP_GIB	(1u << 0)	/* 1 GiB leaves may be used */
#define ARCH_MAP_EL2	(1u << 1)	/* aarch64 EL2 without E2H: one privilege level */
#define ARCH_MAP_EMPTY	(1u << 2)	/* set around a call: the tables are not in use, and */
					/* nothing is mapped in the range yet: no need to check */
#define ARCH_MAP_TYPES	(1u << 3)	/* entries have memory types of their own (Svpbmt) */
#define ARCH_MAP_WIDE	(1u << 4)	/* set if arch_wide_start() was true: SIMD registers */
					/* may write tables that no CPU uses yet */
#define ARCH_MAP_THEAD	(1u << 5)	/* entries have T-Head's types (XTheadMaee), RAM's too */

/*
 * Begin new tables, not in use yet. The caller sets page, cookie, offset and flags (0 or
 * ARCH_MAP_WIDE), and the rest to 0. This sets root, levels, flags and ordered. ERR_NO_MEMORY.
 */
status_t arch_map_start(struct arch_map *m);

/*
 * Map [va, va+size) to pa, all page aligned, with the largest leaves that fit. Existing mappings
 * are not changed (the first one wins), so overlapping requests are harmless. ERR_NO_MEMORY if
 * page() returned 0: what was mapped before that stays mapped.
 * x86-64: Intel SDM 3A 4.5; aarch64: ARM ARM D8.3.
 */
status_t arch_map(struct arch_map *m, uint64_t va, uint64_t pa, uint64_t size,
		  enum arch_perm perm);

/* One leaf of existing tables, decoded. */
struct arch_leaf {
	uint64_t va, pa, size;
	bool write, exec, cached;	/* cached: also false if the tables do not tell */
};

/*
 * Visit every leaf below m->root in address order until visit() returns false. Uses only root,
 * offset, levels and flags. va is sign-extended, but on aarch64 it is the low 48 bits (both halves
 * share one root).
 */
void arch_map_walk(const struct arch_map *m, bool (*visit)(const struct arch_leaf *, void *),
		   void *cookie);

/*
 * Describe the tables that the CPU uses now: sets root, levels, flags and ordered. The caller has
 * set page, cookie and offset, and the rest to 0. arch_map may be used on them, as it changes no
 * existing entry; call arch_map_flush afterwards.
 */
void arch_map_live(struct arch_map *m);

/*
 * For kernels in regime "off": turn paging on with the tables at `root`, which must map the running
 * code, its stack and its data at identity. On x86_64 only entry_map() calls it, with paging on.
 */
void arch_map_enable(uint64_t root);

/* After changing live tables: drop old translations. */
void arch_map_flush(void);

/* ---- changing live tables: for kernels only, arch/<isa>/kernel/pgedit.c ---- */

#define ARCH_EDIT_GONE	16

struct arch_edit {
	struct arch_map *map;
	void (*flush)(uint64_t va, uint64_t size);	/* drop translations on all CPUs */
	void (*gone)(uint64_t pa);			/* a table's page is no longer in use */

	/*
	 * If ARCH_BREAKS, as a table may replace a large leaf only by break-before-make: from this
	 * call until done(), [va, va + size) is not mapped. If the entry at *p is in that range,
	 * change *p to another address of it. arch_map_split() returns its failure.
	 */
	status_t (*beside)(uint64_t **p, uint64_t va, uint64_t size);
	void (*done)(void);

	uint64_t va, size;				/* from here on private to pgedit.h */
	uint32_t gone_count;
	uint64_t gone_pa[ARCH_EDIT_GONE];
};

/*
 * Look up va. True: *out is the leaf that maps it. False: nothing does, and out->va and out->size
 * are the hole: the range of the empty entry at which the walk ended.
 */
bool arch_map_find(const struct arch_map *m, uint64_t va, struct arch_leaf *out);

/* One level of a walk. present: the entry is valid, and leads to the next table or is the leaf. */
struct arch_step {
	uint64_t table, entry;		/* physical address, value; 0 below the end of the walk */
	uint32_t index;
	bool present, leaf;
};
#define ARCH_LEVELS_MAX	5
extern const char arch_level_name[ARCH_LEVELS_MAX][8];	/* the manual's names; [0]: page level */
extern const char arch_pte_fields[];	/* the fields of an entry, as in struct arch_reg */

/*
 * How a CPU would walk the tables for va, from the root: m->levels steps in out[]. Each has its
 * index, even below the end of the walk. False: va is not a valid address on this CPU, whatever the
 * tables contain.
 */
bool arch_map_path(const struct arch_map *m, uint64_t va, struct arch_step *out);

/*
 * The common cases, in few instructions: single pages, in the table of pages that was used last.
 * arch_map_page() maps one, if nothing is mapped there; call m->ordered() next, as after
 * arch_map(). arch_map_page_clear() unmaps one, if it is writable and its table has others, and
 * flushes. False: otherwise; nothing has changed.
 */
bool arch_map_page(const struct arch_map *m, uint64_t va, uint64_t pa, enum arch_perm perm);
struct arch_edit;
bool arch_map_page_clear(struct arch_edit *e, uint64_t va);

/*
 * If a leaf crosses va, split it so that one begins there. What is mapped does not change.
 * ERR_NO_MEMORY, or what beside() returned.
 */
status_t arch_map_split(struct arch_edit *e, uint64_t va);

/*
 * arch_map_clear() unmaps [va, va + size), and frees tables that are then empty. arch_map_change()
 * changes memory there that is mapped as ARCH_RO or ARCH_RW to the other of the two. Both skip what
 * is not mapped, and flush before they return. No leaf may cross an end: arch_map_split() first.
 */
void arch_map_clear(struct arch_edit *e, uint64_t va, uint64_t size);
void arch_map_change(struct arch_edit *e, uint64_t va, uint64_t size, enum arch_perm perm);

/* For struct arch_edit.flush: drop the range's translations on this CPU. */
void arch_map_flush_range(uint64_t va, uint64_t size);

/* The first physical address beyond those that this CPU supports. */
uint64_t arch_physical_end(void);

/* ---- what each CPU provides for map.c ---- */

/* Set levels and flags: of the live tables, or of those with which the kernel is entered. */
void arch_map_format(struct arch_map *m, bool live);
uint64_t arch_map_root(void);			/* physical root of the live tables */
void arch_map_ordered(void);			/* struct arch_map.ordered for live tables */
#endif
