/* SPDX-License-Identifier: MIT */
/*
 * pgtable.h - page tables decoded as in the CPU's manual, for tests of all CPUs.
 *
 * pgtable_<isa>.c decodes single entries from the manual's bit numbers alone: it is independent of
 * arch/<isa>/boot/pgtable.c. pgtable.c walks and hands out fake table pages.
 */
#ifndef UNIT_PGTABLE_H
#define UNIT_PGTABLE_H
#include "tests/host/unit/unit.h"
#include "arch/boot.h"
#include "arch/map.h"

#define POOL_PA		0x12345000ull	/* where the fake table pages are, physically */
#define LEAVES_MAX	16384
#define BIT(entry, n)	((entry) >> (n) & 1)

struct leaf {
	uint64_t va, pa, size;
	enum arch_perm perm;
};

struct leaves {
	uint32_t n;
	struct leaf leaf[LEAVES_MAX];
};

/* The fake page allocator; limit may be lowered to make it refuse. */
struct pool {
	uint64_t *pages;
	uint32_t used, limit, most;
};

void pool_start(struct pool *p, struct arch_map *m, uint32_t pages, uint32_t levels,
		uint32_t flags);
void pool_end(struct pool *p);

/* All leaves in address order, decoded by raw_entry; fails on anything the manual forbids. */
void leaves_read(const struct arch_map *m, struct leaves *out);

/* The leaf that maps va, or NULL; the leaves must be in order of va. */
const struct leaf *leaves_find(const struct leaves *l, uint64_t va);

/* ---- pgtable_<isa>.c ---- */

enum raw_kind { RAW_NONE, RAW_TABLE, RAW_LEAF };

/* Decode an entry of a table of this level (0: of 4 KiB pages). */
enum raw_kind raw_entry(uint64_t entry, uint32_t level, uint32_t flags, uint64_t *pa,
			enum arch_perm *perm);

extern const uint32_t raw_levels[];	/* what the CPU may have; ends with 0 */
extern const uint32_t raw_flags[];	/* worth testing; ends with ~0 */
extern const bool raw_sign_extends;	/* arch_map_walk's va is sign extended */
extern const bool raw_links_stay;	/* CPUs forget links to tables only with everything else */
#endif
