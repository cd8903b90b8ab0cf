/* SPDX-License-Identifier: MIT */
/*
 * test_efi_place.c - where the arena goes under UEFI: the edges of firmware's ranges, of what may
 * be addressed and of what is kept; and what is tried if firmware refuses.
 */
#include "tests/host/unit/efi_said.h"
#include "tests/host/unit/no_console.h"
#include "include/stubborn/kernel.h"
#include "lib/crumb.h"
#include "stub/efi/efi.h"
#include "stub/memmap.h"
#include <sys/mman.h>

#define BASE	0x50000000ull		/* 2 MiB aligned; the host has memory there */
#define ROOM	(16 * MIB)
#define STEP	(2 * MIB)
#define TRIES	4			/* of one address */

const struct kernel_wants kernel_wants = { .size = sizeof(kernel_wants), .stack_size = 0x4000 };

static struct efi_memory_descriptor map[3];
static struct draft draft;
static struct arena arena;
static uint64_t need;			/* pages that the arena takes */

static struct {
	uint64_t asked[64];
	uint32_t asks, refuse;		/* the first `refuse` requests are refused */
	bool any;			/* firmware was asked to choose */
} firmware;

static efi_status_t get_memory_map(uint64_t *size, void *at, uint64_t *key, uint64_t *desc_size,
				   uint32_t *version)
{
	assert_true(*size >= sizeof(map));
	*size = sizeof(map);
	*key = 7;
	*desc_size = sizeof(*map);
	*version = 1;
	memcpy(at, map, sizeof(map));
	return EFI_SUCCESS;
}

static efi_status_t allocate_pages(uint32_t how, uint32_t type, uint64_t pages, uint64_t *at)
{
	assert_int_equal(type, EFI_LOADER_DATA);
	if (how == EFI_ALLOCATE_MAX) {
		firmware.any = true;
		return EFI_OUT_OF_RESOURCES;
	}
	assert_int_equal(how, EFI_ALLOCATE_ADDRESS);
	assert_int_equal(pages, need);
	if (firmware.asks < ARRAY_SIZE(firmware.asked))
		firmware.asked[firmware.asks] = *at;
	return firmware.asks++ < firmware.refuse ? EFI_NOT_FOUND : EFI_SUCCESS;
}

static struct efi_boot_services boot = {
	.allocate_pages = allocate_pages, .get_memory_map = get_memory_map,
};
static struct efi_system_table systab = { .con_out = &efi_said_con_out, .boot = &boot };
static struct efi efi;

static void start(uint64_t base, uint64_t pages)
{
	static const uint64_t drawn[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9 };

	memset(&firmware, 0, sizeof(firmware));
	efi_said[0] = 0;
	memset(map, 0, sizeof(map));
	map[0].type = map[2].type = EFI_BOOT_DATA;
	map[1] = (struct efi_memory_descriptor){
		EFI_CONVENTIONAL, 0, base, 0, pages, EFI_MEMORY_WB,
	};
	efi = (struct efi){ .systab = &systab, .boot = &boot, .limit = 1ull << 40 };
	memset(&draft, 0, sizeof(draft));
	draft.wants = kernel_wants;
	draft.have_entropy = true;
	for (uint32_t i = 0; i < 4; i++)
		draft.entropy[ENTROPY_PLACE + i] = drawn[i];
	draft.options.place = PLACE_RANDOM;
	crumb_begin();
}

/* The address that firmware is asked for first; 0: none. */
static uint64_t place(void)
{
	const status_t status = efi_place(&efi, &draft, &arena);

	assert_int_equal(status, firmware.asks > firmware.refuse ? OK : ERR_NO_MEMORY);
	if (status == OK) {
		assert_true(arena.all.base == firmware.asked[firmware.asks - 1]);
		assert_int_equal(efi.arena_pages, need);
	} else {
		assert_non_null(strstr(efi_said, "error: "));
		assert_int_equal(efi.arena_pages, 0);
	}
	return firmware.asks ? firmware.asked[0] : 0;
}

static uint64_t placed(uint64_t base, uint64_t pages)
{
	start(base, pages);
	return place();
}

/* The last page of a range, and the page before it; at 2 MiB steps. */
static void test_range(void **state)
{
	const uint64_t step = STEP / PAGE_SIZE;

	(void)state;
	assert_true(placed(BASE, need) == BASE);
	assert_true(draft.info.flags & BOOT_PLACE_RANDOM && !firmware.any);
	assert_true(placed(BASE, need - 1) == 0);
	assert_true(firmware.any);
	assert_true(placed(BASE - PAGE_SIZE, need + 1) == BASE);
	assert_true(placed(BASE + PAGE_SIZE, need + step - 1) == BASE + STEP);
	assert_true(draft.info.flags & BOOT_PLACE_RANDOM);
	/* no step fits: firmware's choice, which does not count as random */
	assert_true(placed(BASE + PAGE_SIZE, need + step - 2) == BASE + PAGE_SIZE);
	assert_true(!(draft.info.flags & BOOT_PLACE_RANDOM) && firmware.any);
	/* two places, of which the first random number chooses */
	assert_true(placed(BASE, need + step) == BASE + STEP);
	start(BASE, need + step);
	draft.entropy[ENTROPY_PLACE] = 4;
	assert_true(place() == BASE);
	/* nothing below 1 MiB */
	start(0, STEP / PAGE_SIZE + need - 1);
	firmware.refuse = 1000;
	assert_true(place() == MIB && firmware.any);
	start(0, STEP / PAGE_SIZE + need);
	firmware.refuse = 1000;
	assert_true(place() == STEP);
}

static void test_no_range(void **state)
{
	const uint64_t absurd[] = {
		UINT64_MAX, (UINT64_MAX >> PAGE_SHIFT) + 1, (UINT64_MAX >> PAGE_SHIFT) + 1 + need,
		(UINT64_MAX - BASE) / PAGE_SIZE + 1,
	};

	(void)state;
	start(BASE, need);
	map[1].type = EFI_BOOT_DATA;
	assert_true(place() == 0);
	start(BASE, need);
	map[1].attribute = 0x1;			/* uncached */
	assert_true(place() == 0);
	start(BASE, need);
	map[1].attribute |= EFI_MEMORY_SP;
	assert_true(place() == 0);
	/* absurd sizes: only where firmware may still grant it */
	for (uint32_t i = 0; i < ARRAY_SIZE(absurd); i++)
		if (placed(BASE, absurd[i]) != BASE || !firmware.any ||
		    draft.info.flags & BOOT_PLACE_RANDOM)
			fail_msg("0x%lx pages", absurd[i]);
	assert_true(placed(BASE, (UINT64_MAX - BASE) / PAGE_SIZE) && !firmware.any);
}

static void test_limit(void **state)
{
	(void)state;
	for (uint32_t over = 0; over < 2; over++) {
		start(BASE, need + 1);
		efi.limit = BASE + need * PAGE_SIZE - over * PAGE_SIZE;
		assert_true(place() == (over ? 0 : BASE));
		start(BASE, need + 1);
		efi.limit = BASE + need * PAGE_SIZE - over * PAGE_SIZE;
		draft.options.place = PLACE_FIXED;
		draft.options.place_at = BASE;
		assert_true(place() == (over ? 0 : BASE));
	}
}

/* An address that the user gives: the arena goes there or the boot is refused. */
static void test_fixed(void **state)
{
	static const struct {
		int64_t from, pages;		/* the range: start from BASE; size beyond need */
		bool good;
	} t[] = {
		{ 0, 0, true }, { 0, -1, false }, { -1, 1, true }, { -1, 0, false },
		{ 1, 0, false }, { 1, 9, false }, { -1, 2, true },
	};

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(t); i++) {
		start(BASE + (uint64_t)t[i].from * PAGE_SIZE, need + (uint64_t)t[i].pages);
		draft.options.place = PLACE_FIXED;
		draft.options.place_at = BASE;
		if (place() != (t[i].good ? BASE : 0))
			fail_msg("range %u", i);
		assert_true(!firmware.any && !(draft.info.flags & BOOT_PLACE_RANDOM));
		if (!t[i].good)
			assert_non_null(strstr(efi_said, "place=0x50000000: no free RAM"));
	}
	start(BASE, need);
	firmware.refuse = 100;
	draft.options.place = PLACE_FIXED;
	draft.options.place_at = BASE;
	assert_true(place() == BASE && firmware.asks == TRIES && !firmware.any);
	start(BASE, need);
	draft.options.place = PLACE_FIXED;
	draft.options.place_at = 1ull << 63;
	assert_true(place() == 0);
}

/* Memory that firmware's map calls free, and a device tree or a module does not. */
static void test_kept(void **state)
{
	static const int64_t in[] = { 0, 1, -1 };	/* page of what is kept; -1: the last */

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(in); i++) {
		start(BASE, need);
		draft.options.place = PLACE_FIXED;
		draft.options.place_at = BASE;
		draft.keeps = 1;
		draft.keep[0] = (struct boot_mem){
			BASE + (in[i] < 0 ? need - 1 : (uint64_t)in[i]) * PAGE_SIZE, 1,
			BOOT_MEM_RESERVED, 0,
		};
		assert_true(place() == 0);
	}
	for (uint32_t i = 0; i < 2; i++) {
		start(BASE, need);
		draft.options.place = PLACE_FIXED;
		draft.options.place_at = BASE;
		draft.keeps = 1;
		draft.keep[0] = (struct boot_mem){
			i ? BASE + need * PAGE_SIZE : BASE - 1, 1, BOOT_MEM_RESERVED, 0,
		};
		assert_true(place() == BASE);
	}
}

/* Four random places, then the first in the map; without random numbers downwards. */
static void test_refused(void **state)
{
	const uint64_t step = STEP / PAGE_SIZE;

	(void)state;
	start(BASE, need + 3 * step);
	firmware.refuse = 4 * TRIES;
	assert_true(place() == BASE + STEP);		/* 1 modulo 4 */
	for (uint32_t i = 0; i < 4; i++)
		assert_true(firmware.asked[i * TRIES] == BASE + (i + 1) % 4 * STEP);
	assert_true(firmware.asked[4 * TRIES] == BASE && firmware.any);
	assert_true(firmware.asks == 4 * TRIES + 1);
	assert_false(draft.info.flags & BOOT_PLACE_RANDOM);
	start(BASE, need + 3 * step);
	firmware.refuse = 3 * TRIES;
	draft.have_entropy = false;
	(void)place();
	for (uint32_t i = 0; i < 4; i++)		/* downwards */
		assert_true(firmware.asked[i * TRIES] == BASE + (2 - i) % 4 * STEP);
	assert_true(firmware.asks == 3 * TRIES + 1 && !firmware.any);
	assert_false(draft.info.flags & BOOT_PLACE_RANDOM);
	start(BASE, need);
	firmware.refuse = 1000;
	assert_true(place() == BASE && firmware.any);
	assert_non_null(strstr(efi_said, "no memory for "));
}

/* Firmware's largest map and all that is added to it are what memmap_normalise() takes. */
static void test_most_ranges(void **state)
{
	(void)state;
	start(BASE, 0);
	efi.slack = MEMMAP_MAX;
	draft.named = DRAFT_FILES;
	draft.keeps = DRAFT_KEEPS;
	assert_int_equal(efi_place(&efi, &draft, &arena), ERR_NO_MEMORY);
	assert_int_equal(arena.map_cap, MEMMAP_MAX);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_range), cmocka_unit_test(test_no_range),
		cmocka_unit_test(test_limit), cmocka_unit_test(test_fixed),
		cmocka_unit_test(test_kept), cmocka_unit_test(test_refused),
		cmocka_unit_test(test_most_ranges),
	};
	void *at = mmap((void *)(BASE - STEP), ROOM, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);

	assert_ptr_not_equal(at, MAP_FAILED);
	start(BASE, 0);
	(void)efi_place(&efi, &draft, &arena);
	need = PAGES(arena.all.size);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
