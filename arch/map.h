/* SPDX-License-Identifier: MIT */
/*
 * map.h - page tables: made, read, and put in force.
 *
 * Relied on by the stub, and by a kernel that wants tables of the same shape.
 */
#ifndef ARCH_MAP_H
#define ARCH_MAP_H
#include "lib/base.h"
#include "lib/status.h"

enum arch_perm {
	ARCH_RX, ARCH_RO, ARCH_RW,
	ARCH_IO,	/* device: uncached, never executed */
	ARCH_WC,	/* framebuffer: write combining (Normal non-cacheable on aarch64) */
};

struct arch_map {
	uint64_t root;			/* physical address of the root table */
	uint64_t (*page)(void *cookie);	/* a page for a table, not cleared, physical; 0: none */
	void *cookie;
	uint64_t offset;		/* added to a table's address to dereference it */
	uint32_t levels;		/* of tables: 3, 4 or 5 */
	uint32_t flags;			/* ARCH_MAP_* */
	void (*ordered)(void);		/* live tables: makes a walker see what is written so far */
					/* before what is written next; NULL: nobody walks them */
	uint64_t *recent;		/* arch_map's own, NULL to begin with: the table of pages */
	uint64_t recent_va;		/* that it used last, and an address in it */
};
#define ARCH_MAP_GIB	(1u << 0)	/* 1 GiB leaves may be used */
#define ARCH_MAP_EL2	(1u << 1)	/* aarch64 EL2 without E2H: single privilege level */

/*
 * New tables, which nobody walks yet. page, cookie and offset are set by the caller; fills the
 * rest. ERR_NO_MEMORY.
 */
status_t arch_map_start(struct arch_map *m);

/*
 * Map [va, va+size) to pa, all page aligned, with the largest leaves that fit. What is
 * mapped already stays as it is (first one wins), so overlapping requests are harmless.
 * ERR_NO_MEMORY when a table page was refused: what came before stays mapped.
 * x86-64: Intel SDM 3A 4.5; aarch64: ARM ARM D8.3.
 */
status_t arch_map(struct arch_map *m, uint64_t va, uint64_t pa, uint64_t size,
		  enum arch_perm perm);

/* One leaf of existing tables, as a reader of the bits sees it. */
struct arch_leaf {
	uint64_t va, pa, size;
	bool write, exec, cached;	/* cached: false, too, if tables do not say */
};

/*
 * Visit every leaf under m->root in address order until visit() returns false. Uses root,
 * offset, levels and flags only. va is sign extended on x86-64; on aarch64 it is the
 * low 48 bits (both halves share one root).
 */
void arch_map_walk(const struct arch_map *m, bool (*visit)(const struct arch_leaf *, void *),
		   void *cookie);

/*
 * The tables the CPU uses now: root, levels, flags, ordered. offset, page and cookie are left
 * alone. arch_map may work on them, as it changes nothing that is there; arch_map_flush after it.
 */
void arch_map_live(struct arch_map *m);

/*
 * Kernel side of regime "off": turn paging on with the tables at `root`, in which the code
 * that runs, its stack and its data are mapped at identity.
 */
void arch_map_enable(uint64_t root);

/* After changing live tables: forget old translations. */
void arch_map_flush(void);

/* ---- what map.c asks of the folder ---- */

/* Levels and flags: of the tables in use, or of those that the kernel will be entered with. */
void arch_map_format(struct arch_map *m, bool live);
uint64_t arch_map_root(void);			/* of the tables it uses now, physical */
void arch_map_ordered(void);			/* struct arch_map.ordered of live tables */
#endif
