/* SPDX-License-Identifier: MIT */
/*
 * test_again_tables_x86_64.c - which free memory can have the tables for booting again, whatever
 * the kernel's own tables map and wherever they are.
 */
#include "tests/host/unit/unit.h"
#include "arch/boot.h"
#include "arch/x86_64/boot/regs.h"

static struct {
	uint64_t cr3, cr4;
} reg;

#undef cr_read
#define cr_read(name)		reg.name
/* The host has models of these */
#define arch_again_room		own_again_room
#define arch_again_check	own_again_check
#define arch_again		own_again
#define arch_again_map		own_again_map
#define arch_again_pinned	own_again_pinned
#include "arch/x86_64/pc/again.c"

UNCALLED(uint64_t, entry_page, void *)
UNCALLED(bool, entry_map, uint64_t)
const char again_entry[1];

#define ROOM		(256 * MIB)
#define FAR		(1ull << 40)	/* where all but the lowest 512 GiB is mapped to */
#define RW		(PTE_P | PTE_W)
#define ENTRIES		512
#define FIRST		(RAW_SCRATCH / PAGE_SIZE)	/* of the pages that are looked at */
#define LAST		(ARCH_AGAIN_ROOM / PAGE_SIZE - 1)

static _Alignas(4096) uint64_t top[ENTRIES], root[ENTRIES], low[ENTRIES], far[ENTRIES],
	gib[ENTRIES], pages[ENTRIES], inner[3][ENTRIES];

/* The room by pages, the rest by GiB; tables are at their own addresses. */
static void map_all(void)
{
	for (uint64_t i = 0; i < ENTRIES; i++) {
		top[i] = (uint64_t)root | RW;
		root[i] = (uint64_t)(i ? far : low) | RW;
		low[i] = i * GIB | RW | PTE_PS;
		far[i] = FAR | RW | PTE_PS;
		gib[i] = i * 2 * MIB | RW | PTE_PS;
		pages[i] = (ROOM + i * PAGE_SIZE) | RW;
		inner[0][i] = (uint64_t)inner[1] | RW;	/* all of it in the room */
		inner[1][i] = (uint64_t)inner[2] | RW;
		inner[2][i] = (ROOM + RAW_SCRATCH) | RW;
	}
	low[0] = (uint64_t)gib | RW;
	gib[ROOM / (2 * MIB)] = (uint64_t)pages | RW;
}

static bool fits(void)
{
	struct boot_info bi = { 0 };		/* not near the image */

	return own_again_room(&bi, ROOM);
}

static void test_room(void **state)
{
	const struct boot_info *bi = &(struct boot_info){ 0 };

	(void)state;
	for (uint32_t levels = 4; levels <= 5; levels++) {
		reg.cr3 = (uint64_t)(levels == 4 ? root : top);
		reg.cr4 = levels == 4 ? 0 : CR4_LA57;
		map_all();
		assert_true(fits());
		assert_true(own_again_room(bi, 4 * GIB - ARCH_AGAIN_ROOM));
		assert_false(own_again_room(bi, 4 * GIB - ARCH_AGAIN_ROOM + PAGE_SIZE));
		for (uint32_t i = FIRST; i <= LAST; i += LAST - FIRST) {
			map_all();
			pages[i] &= ~PTE_P;		/* the entry still has the address */
			assert_false(fits());
			pages[i] ^= PTE_P | PTE_W;
			assert_false(fits());
			pages[i] ^= PTE_W | PAGE_SIZE;
			assert_false(fits());
		}
		map_all();
		gib[ROOM / (2 * MIB)] &= ~PTE_W;	/* writable by the last table only */
		assert_false(fits());
	}
}

/* What is used until the new tables are active; reading a table in the room would fault. */
static void test_elsewhere(void **state)
{
	(void)state;
	reg.cr3 = (uint64_t)root;
	reg.cr4 = 0;
	map_all();
	root[(uint64_t)image_text >> 39] = 0;
	assert_false(fits());
	root[(uint64_t)image_text >> 39] = (uint64_t)inner | RW;
	assert_false(fits());
	map_all();
	for (uint64_t i = 0; i < ENTRIES; i++)
		root[i] = i ? (ROOM + RAW_SCRATCH) | RW : root[0];
	assert_false(fits());
	map_all();
	gib[ROOM / (2 * MIB)] = (ROOM + ARCH_AGAIN_ROOM - PAGE_SIZE) | RW;
	assert_false(fits());
	reg.cr3 = ROOM + RAW_SCRATCH;
	assert_false(fits());
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_room), cmocka_unit_test(test_elsewhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
