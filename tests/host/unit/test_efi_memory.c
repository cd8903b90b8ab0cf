/* SPDX-License-Identifier: MIT */
/*
 * test_efi_memory.c - which answers of firmware are not a memory map, how a map that is larger than
 * the stub's buffer is read, and where memory is allocated.
 */
#include "tests/host/unit/efi_said.h"
#include "tests/host/unit/no_console.h"
#include "tests/host/unit/unit.h"
#include "include/stubborn/kernel.h"
#include "lib/console/console.h"
#include "stub/efi/efi.h"

#define BASE	0x40000000ull
#define PAGE(i)	(BASE + (i) * PAGE_SIZE)

static struct draft draft;

const struct kernel_wants kernel_wants = { .size = sizeof(kernel_wants) };

static struct {
	efi_status_t status;		/* GetMemoryMap */
	uint64_t size, desc_size;
	uint64_t room;			/* size of the buffer that it was given for the map */
	uint32_t map_calls, pages_held, frees;
	uint64_t map_pages;		/* AllocatePages was asked for them for a map */
	uint64_t chosen;		/* what EFI_ALLOCATE_MAX gives; 0: refused */
	uint64_t below;			/* the highest address of that request */
	uint64_t given;			/* the only address that is granted; 0: none */
	uint64_t asked[100];		/* the addresses that were asked for */
	uint32_t asks;
} firmware;

static efi_status_t get_memory_map(uint64_t *size, void *at, uint64_t *key, uint64_t *desc_size,
				   uint32_t *version)
{
	const uint64_t room = *size;

	(void)at;
	firmware.map_calls++;
	firmware.room = room;
	*size = firmware.size;
	*key = 77;
	*desc_size = firmware.desc_size;
	*version = 1;
	return firmware.status != EFI_SUCCESS ? firmware.status :
	       room < firmware.size && firmware.desc_size == 48 ? EFI_BUFFER_TOO_SMALL :
	       EFI_SUCCESS;
}

static efi_status_t allocate_pages(uint32_t how, uint32_t type, uint64_t pages, uint64_t *at)
{
	assert_int_equal(type, EFI_LOADER_DATA);
	if (how == EFI_ALLOCATE_ANY) {
		firmware.map_pages = pages;
		firmware.pages_held++;
		*at = BASE;
		return EFI_SUCCESS;
	}
	if (how == EFI_ALLOCATE_MAX) {
		firmware.below = *at;
		*at = firmware.chosen;
		return firmware.chosen ? EFI_SUCCESS : EFI_OUT_OF_RESOURCES;
	}
	assert_true(firmware.asks < ARRAY_SIZE(firmware.asked));
	firmware.asked[firmware.asks++] = *at;
	return *at == firmware.given ? EFI_SUCCESS : EFI_NOT_FOUND;
}

static efi_status_t free_pages(uint64_t at, uint64_t pages)
{
	(void)at;
	(void)pages;
	firmware.frees++;
	firmware.pages_held--;
	return EFI_SUCCESS;
}

static struct efi_boot_services boot = {
	.allocate_pages = allocate_pages, .free_pages = free_pages,
	.get_memory_map = get_memory_map,
};
static struct efi_system_table systab = { .con_out = &efi_said_con_out, .boot = &boot };
static struct efi efi = { .systab = &systab, .boot = &boot, .limit = 1ull << 32 };

static void firmware_gives(uint64_t size, uint64_t desc_size)
{
	memset(&firmware, 0, sizeof(firmware));
	efi_said[0] = 0;
	firmware.size = size;
	firmware.desc_size = desc_size;
}

static void test_read_map(void **state)
{
	static const struct { uint64_t size, desc_size, want; } t[] = {
		{ 4096, 40, 4080 }, { 4096, 39, 0 }, { 4096, 32, 0 }, { 4096, 44, 0 },
		{ 4096, 56, 4088 }, { 4096, 4096, 4096 }, { 4096, 4104, 0 },
		{ 4104, 40, 0 }, { 40, 40, 40 }, { 0, 40, 0 }, { 4096, 0, 0 },
		{ 4096, UINT64_MAX - 7, 0 },
	};
	struct efi_map m;

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(t); i++) {
		efi_status_t status;

		firmware_gives(t[i].size, t[i].desc_size);
		m.size = i;
		status = efi_read_map(&efi, NULL, 4096, &m);
		assert_int_equal(firmware.room, 4096);
		if (status != (t[i].want ? EFI_SUCCESS : EFI_DEVICE_ERROR) ||
		    (t[i].want && (m.size != t[i].want || m.key != 77)))
			fail_msg("%lu bytes, each %lu: %#lx, %lu", t[i].size, t[i].desc_size,
				 status, m.size);
	}
	firmware_gives(96, 48);
	firmware.status = EFI_ABORTED;
	assert_true(efi_read_map(&efi, NULL, 4096, &m) == EFI_ABORTED);
}

static status_t use(const struct efi_map *m, void *cookie)
{
	assert_true(m->size == firmware.size && m->desc_size == 48 && m->key == 77);
	*(const uint8_t **)cookie = m->at;
	return ERR_TOO_SMALL;
}

/* A map as large as the stub's buffer, larger ones, one that always grows, an absurd one. */
static void test_with_map(void **state)
{
	const uint64_t on_stack = 20 * KIB / 48 * 48;
	const uint8_t *at = NULL;

	(void)state;
	firmware_gives(on_stack, 48);
	assert_int_equal(efi_with_map(&efi, use, &at), ERR_TOO_SMALL);
	assert_true(at && at != (void *)BASE && firmware.map_calls == 1 && !firmware.frees);
	firmware_gives(on_stack + 48, 48);
	assert_int_equal(efi_with_map(&efi, use, &at), ERR_TOO_SMALL);
	assert_true(at == (void *)BASE && firmware.map_calls == 2);
	assert_true(firmware.frees == 1 && !firmware.pages_held);
	assert_int_equal(firmware.map_pages, PAGES(2 * (on_stack + 48)));
	firmware_gives(48, 48);
	firmware.status = EFI_BUFFER_TOO_SMALL;
	at = NULL;
	assert_int_equal(efi_with_map(&efi, use, &at), ERR_FIRMWARE);
	assert_true(!at && firmware.map_calls == 5 && firmware.frees == 4);
	assert_non_null(strstr(efi_said, "from firmware (status 0x8000000000000005)"));
	firmware_gives(GIB, 48);
	assert_int_equal(efi_with_map(&efi, use, &at), ERR_FIRMWARE);
	assert_true(!at && firmware.map_calls == 1 && !firmware.map_pages);
	firmware_gives(48, 48);
	firmware.status = EFI_ABORTED;
	assert_int_equal(efi_with_map(&efi, use, &at), ERR_FIRMWARE);
	assert_true(!at && firmware.map_calls == 1);
	assert_non_null(strstr(efi_said, "from firmware (status 0x8000000000000015)"));
}

/* Firmware's choice, if it may be used; else the first place in each free range. */
static void test_allocate(void **state)
{
	struct efi_memory_descriptor d[40];
	const struct efi_map m = { .at = (void *)d, .size = sizeof(d), .desc_size = sizeof(*d) };
	uint64_t at;

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(d); i++)
		d[i] = (struct efi_memory_descriptor){
			EFI_CONVENTIONAL, 0, PAGE(8 * i), 0, 3, EFI_MEMORY_WB,
		};
	d[1].type = EFI_BOOT_DATA;
	d[2].pages = 1;
	d[7].type = EFI_BOOT_DATA;		/* large enough, and what follows it is free */
	d[7].physical_start = 0;
	d[3].physical_start = MIB - PAGE_SIZE;
	d[4].physical_start = MIB - 2 * PAGE_SIZE;
	d[4].pages = 4;
	d[5].physical_start = efi.limit - PAGE_SIZE;
	d[6].physical_start = efi.limit - 2 * PAGE_SIZE;
	firmware_gives(0, 0);
	firmware.chosen = PAGE(64);
	assert_true(efi_allocate_ram(&efi, &draft, &m, 2, &at) && at == PAGE(64));
	assert_true(firmware.below == efi.limit - 1 && !firmware.frees && !firmware.asks);

	/* firmware's choice is in use or in the way of something: freed, and others are tried */
	firmware_gives(0, 0);
	firmware.chosen = PAGE(8);
	firmware.given = BASE;
	assert_true(efi_allocate_ram(&efi, &draft, &m, 2, &at) && at == BASE);
	assert_true(firmware.frees == 1 && firmware.asks == 1);
	draft.keeps = 2;
	draft.keep[0] = (struct boot_mem){ .base = PAGE(65), .size = 1 };
	draft.keep[1] = (struct boot_mem){ .base = BASE + 1, .size = 1 };
	firmware_gives(0, 0);
	firmware.chosen = PAGE(64);
	firmware.given = PAGE(1);			/* after the kept range */
	assert_true(efi_allocate_ram(&efi, &draft, &m, 2, &at) && at == PAGE(1));
	assert_true(firmware.frees == 1 && firmware.asks == 1);

	/* all are refused: sixteen places, each four times */
	draft.keeps = 0;
	firmware_gives(0, 0);
	assert_false(efi_allocate_ram(&efi, &draft, &m, 2, &at));
	assert_int_equal(firmware.asks, 16 * 4);
	assert_true(firmware.asked[0] == BASE && firmware.asked[4] == MIB);
	assert_true(firmware.asked[8] == MIB && firmware.asked[12] == d[6].physical_start);
	assert_true(firmware.asked[16] == PAGE(64) && firmware.asked[60] == PAGE(8 * 19));
}

/* A whole range; all ranges; past as many kept ranges as there can be. */
static void test_allocate_last(void **state)
{
	struct efi_memory_descriptor *d = exact(2 * sizeof(*d));
	const struct efi_map m = { .at = (void *)d, .size = 2 * sizeof(*d),
				   .desc_size = sizeof(*d) };
	const uint32_t most = DRAFT_KEEPS + DRAFT_FILES + DRAFT_MODULES;
	uint64_t at;

	(void)state;
	d[0] = d[1] = (struct efi_memory_descriptor){
		EFI_CONVENTIONAL, 0, BASE, 0, most + 1, EFI_MEMORY_WB,
	};
	firmware_gives(0, 0);
	firmware.given = BASE;
	assert_true(efi_allocate_ram(&efi, &draft, &m, most + 1, &at) && at == BASE);
	firmware_gives(0, 0);
	assert_false(efi_allocate_ram(&efi, &draft, &m, most + 1, &at));
	assert_int_equal(firmware.asks, 2 * 4);
	draft.keeps = DRAFT_KEEPS;
	draft.named = DRAFT_FILES;
	for (uint32_t i = 0; i < most; i++)
		if (i < DRAFT_KEEPS)
			draft.keep[i] = (struct boot_mem){ .base = PAGE(i), .size = 1 };
		else if (i < DRAFT_KEEPS + DRAFT_FILES)
			draft.files[i - DRAFT_KEEPS].mem = (struct boot_range){ PAGE(i), 1 };
		else
			draft.module[most - 1 - i].mem = (struct boot_range){ PAGE(i), 1 };
	firmware_gives(0, 0);
	firmware.given = PAGE(most);
	assert_true(efi_allocate_ram(&efi, &draft, &m, 1, &at) && at == PAGE(most));
	assert_int_equal(firmware.asks, 1);
	memset(&draft, 0, sizeof(draft));
	free(d);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_read_map), cmocka_unit_test(test_with_map),
		cmocka_unit_test(test_allocate), cmocka_unit_test(test_allocate_last),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
