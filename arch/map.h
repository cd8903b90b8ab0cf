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

/* ---- what each CPU provides for map.c ---- */

/* Set levels and flags for the live tables, or for those that the kernel will be entered with. */
void arch_map_format(struct arch_map *m, bool live);
uint64_t arch_map_root(void);			/* physical root of the live tables */
void arch_map_ordered(void);			/* struct arch_map.ordered for live tables */
#endif
