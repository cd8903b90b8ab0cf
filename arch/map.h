/* SPDX-License-Identifier: MIT */
/*
 * map.h - builds, reads and activates page tables.
 *
 * For the stub, and for a kernel that wants tables of the same format.
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
	void (*ordered)(void);		/* live tables: makes a walker see earlier writes first; */
					/* NULL: the tables are not in use */
	uint64_t *recent;		/* private to arch_map, initially NULL: the last table of */
	uint64_t recent_va;		/* pages that it used, and an address in it */
};
#define ARCH_MAP_GIB	(1u << 0)	/* 1 GiB leaves may be used */
#define ARCH_MAP_EL2	(1u << 1)	/* aarch64 EL2 without E2H: one privilege level */
#define ARCH_MAP_EMPTY	(1u << 2)	/* set around a call: nothing is mapped yet in what is */
					/* to be mapped, so arch_map does not look */

/*
 * Begin new tables, not in use yet. The caller sets page, cookie and offset; this fills in the
 * rest. ERR_NO_MEMORY.
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
	bool write, exec, cached;	/* cached: false, too, if tables do not say */
};

/*
 * Visit every leaf below m->root in address order until visit() returns false. Uses only root,
 * offset, levels and flags. va is sign-extended on x86-64; on aarch64 it is the low 48 bits (both
 * halves share one root).
 */
void arch_map_walk(const struct arch_map *m, bool (*visit)(const struct arch_leaf *, void *),
		   void *cookie);

/*
 * Describe the tables that the CPU uses now: sets root, levels, flags and ordered, not offset, page
 * or cookie. arch_map may be used on them, as it changes no existing entry; call arch_map_flush
 * afterwards.
 */
void arch_map_live(struct arch_map *m);

/*
 * For kernels in regime "off": turn paging on with the tables at `root`, which must map the running
 * code, its stack and its data at identity.
 */
void arch_map_enable(uint64_t root);

/* After changing live tables: drop old translations. */
void arch_map_flush(void);

/* ---- tables that change: a kernel's alone, arch/<isa>/kernel/pgedit.c ---- */

#define ARCH_EDIT_GONE	16

struct arch_edit {
	struct arch_map *map;
	void (*flush)(uint64_t va, uint64_t size);	/* no CPU knows it any more */
	void (*gone)(uint64_t pa);			/* a table's page, out of use */

	/*
	 * Where CPUs want a large leaf to be gone before there is a table in its place: [va, va +
	 * size) cannot be used from now on, until done(). If *p is in there: another address of
	 * what is at *p. A failure is arch_map_split()'s.
	 */
	status_t (*beside)(uint64_t **p, uint64_t va, uint64_t size);
	void (*done)(void);

	uint64_t va, size;				/* pgedit.h's own, as the rest */
	uint32_t gone_count;
	uint64_t gone_pa[ARCH_EDIT_GONE];
};

/*
 * What is at va: true, and the leaf; false, and in va and size of *out the hole: the largest
 * aligned range around it of which no page is mapped and that a single table has.
 */
bool arch_map_find(const struct arch_map *m, uint64_t va, struct arch_leaf *out);

/* One level of a walk. present: the CPU goes on there, to the next table or to the leaf. */
struct arch_step {
	uint64_t table, entry;		/* 0 below where a walk ends */
	uint32_t index;
	bool present, leaf;
};
#define ARCH_LEVELS_MAX	5
extern const char arch_level_name[ARCH_LEVELS_MAX][8];	/* as the manual says; 0 has the pages */
extern const char arch_pte_fields[];	/* of an entry, for struct arch_reg */

/*
 * How a CPU would walk for va, from the root on: m->levels steps, with what each index is even if
 * the walk ends before. False: va is no address on this CPU, whatever tables say.
 */
bool arch_map_path(const struct arch_map *m, uint64_t va, struct arch_step *out);

/*
 * Map a page, if nothing is there and no table has to be made; false: nothing has changed.
 * m->ordered() comes next, as after arch_map().
 */
bool arch_map_page(const struct arch_map *m, uint64_t va, uint64_t pa, enum arch_perm perm);

/*
 * Divide the leaf that lies on both sides of va, if any. All is mapped as before. ERR_NO_MEMORY,
 * and what beside() returns.
 */
status_t arch_map_split(struct arch_edit *e, uint64_t va);

/*
 * Unmap [va, va + size), of which some may not be mapped, and give up the tables that are empty
 * then. Map it as RO or RW, if it was one of these; what is not mapped stays so. No leaf may lie
 * across an end: arch_map_split comes first. Flushed when they return.
 */
void arch_map_clear(struct arch_edit *e, uint64_t va, uint64_t size);
void arch_map_change(struct arch_edit *e, uint64_t va, uint64_t size, enum arch_perm perm);

/*
 * For struct arch_edit.flush: this CPU forgets the translations of the range.
 */
void arch_map_forget(uint64_t va, uint64_t size);

/* The first physical address that this CPU cannot form. */
uint64_t arch_physical_end(void);

/* ---- what each CPU provides for map.c ---- */

/* Set levels and flags for the live tables, or for those that the kernel will be entered with. */
void arch_map_format(struct arch_map *m, bool live);
uint64_t arch_map_root(void);			/* physical root of the live tables */
void arch_map_ordered(void);			/* struct arch_map.ordered for live tables */
#endif
