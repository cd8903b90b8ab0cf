/* SPDX-License-Identifier: MIT */
/*
 * test_again_room.c - where the stub's stack goes before a kernel begins again; handoffs and
 * pointers at the very edge of what is allowed.
 */
#include "tests/host/unit/again_world.h"

/* Where the stub's stack goes if this is all the memory that it may use. 0: nowhere. */
static uint64_t room_in(uint64_t base, uint64_t size, uint64_t highest)
{
	const char *why;

	start();
	for (uint32_t i = 0; i < 10; i++)
		*map_of(i) = (struct boot_mem){ 0, 0, BOOT_MEM_RESERVED, 0 };
	*map_of(0) = (struct boot_mem){ base, size, BOOT_MEM_FREE, 0 };
	*map_of(1) = (struct boot_mem){ 1ull << 40, 1ull << 30, BOOT_MEM_FREE, 0 };
	fake_cpu.room_first = highest;
	why = again("");
	if (why)
		assert_string_equal(why, "no memory for the stub's stack");
	return why ? 0 : fake_cpu.room;
}

/* From the top of a range down, to its last byte; not in low memory; not where we are. */
static void test_room(void **state)
{
	const uint64_t room = ARCH_AGAIN_ROOM, page = PAGE_SIZE, max = (1ull << 40) - 1;
	const uint64_t at = 8 * MIB, image = MADE_IMAGE, end = MADE_IMAGE + image_size();
	uint64_t next;

	(void)state;
	while ((uint64_t)handoff < end + 2 * room)	/* away from the image */
		handoff = low(MADE_SIZE);
	start();
	next = (uint64_t)handoff + MADE_SIZE;
	assert_true(room_in(at, room, max) == at);
	assert_true(room_in(at, room - page, max) == 0);
	assert_true(room_in(at, 2 * room - page, max) == at + room - page);
	assert_true(room_in(at, 2 * room, at) == at);
	assert_true(room_in(at, 2 * room, at - 1) == 0);
	assert_true(room_in(MIB, room, max) == MIB);
	assert_true(room_in(MIB - page, room, max) == 0);
	assert_true(room_in(MIB - page, room + page, max) == MIB);
	assert_true(room_in(0, MIB, max) == 0);
	assert_true(room_in(image - room, 2 * room, max) == image - room);
	assert_true(room_in(image - room + page, room, max) == 0);
	assert_true(room_in(end, room, max) == end);
	assert_true(room_in(end - page, room, max) == 0);
	assert_true(room_in(next, room, max) == next);
	assert_true(room_in(next - MADE_SIZE - page, room, max) == 0);
	assert_true(room_in(ARCH_REACH - room, room, ARCH_REACH) == ARCH_REACH - room);
	assert_true(room_in(ARCH_REACH - room, room + page, max) == 0);
	/* it does not look for ever */
	assert_true(room_in(at, 4096 * room, at) == at);
	assert_true(room_in(at, 4097 * room, at) == 0);
}

/* Both the stub's stack and its arena must fit: else the stub would fail, and no kernel run. */
static void test_room_and_arena(void **state)
{
	const uint64_t room = ARCH_AGAIN_ROOM, at = 1ull << 40;
	uint64_t size = 0, arena = 0, top;
	const char *why = "";

	(void)state;
	for (; why; size += PAGE_SIZE) {
		start();
		for (uint32_t i = 0; i < 10; i++)
			*map_of(i) = (struct boot_mem){ 0, 0, BOOT_MEM_RESERVED, 0 };
		*map_of(0) = (struct boot_mem){ at, size, BOOT_MEM_FREE, 0 };
		fake_cpu.room_first = UINT64_MAX;
		why = again("");
		if (why && !strcmp(why, "no memory for another arena"))
			arena = size + PAGE_SIZE;
		else if (why)
			assert_string_equal(why, "no memory for the stub's stack");
	}
	top = size - PAGE_SIZE - room;
	assert_true(arena && top == arena && fake_cpu.room == at + top);
	/* they may be in two ranges */
	start();
	for (uint32_t i = 0; i < 10; i++)
		*map_of(i) = (struct boot_mem){ 0, 0, BOOT_MEM_RESERVED, 0 };
	*map_of(0) = (struct boot_mem){ at, room, BOOT_MEM_FREE, 0 };
	*map_of(1) = (struct boot_mem){ 2 * at, arena, BOOT_MEM_RECLAIM, 0 };
	fake_cpu.room_first = UINT64_MAX;
	assert_null(again(""));
	assert_true(fake_cpu.room == at);
}

/* Texts and tables up to the last byte of the range that holds them, and not a byte more. */
static void test_edges(void **state)
{
	static struct boot_info b;

	(void)state;
	b.handoff = (struct boot_range){ 0x10000, PAGE_SIZE };
	assert_true(again_held(&b, &(struct boot_range){ 0x10000, PAGE_SIZE }, 8));
	assert_true(again_held(&b, &(struct boot_range){ 0x10fff, 1 }, 1));
	assert_true(again_held(&b, &(struct boot_range){ 0x10008, 8 }, 8));
	assert_false(again_held(&b, &(struct boot_range){ 0x10004, 8 }, 8));
	assert_false(again_held(&b, &(struct boot_range){ 0x10fff, 2 }, 1));
	assert_false(again_held(&b, &(struct boot_range){ 0xffff, 2 }, 1));
	start();
	bi->image.base = ARCH_REACH - bi->image.size;
	bi->file.base++, bi->vendor.base++;		/* text needs no alignment */
	assert_null(again_check(bi, (uint64_t)bi));
	for (uint32_t i = 0; i < 9; i++) {
		bi->efi_memmap.base += 8;
		bi->module_names = (struct boot_range){ bi->efi_memmap.base, 32 };
		assert_null(again_check(bi, (uint64_t)bi));
	}
	bi->module_names.base += 4;
	assert_non_null(again_check(bi, (uint64_t)bi));
	bi->module_names.size = 0;
	bi->handoff.size = 16 * MIB;
	bi->memmap.size = 65535 * sizeof(struct boot_mem);
	assert_null(again_check(bi, (uint64_t)bi));
	bi->memmap.size += sizeof(struct boot_mem);
	assert_string_equal(again_check(bi, (uint64_t)bi), "boot_info: no memory map");
}

/* The cache attributes of a neighbour, but not of one past the map's end. */
static void test_memory_neighbours(void **state)
{
	uint32_t cache;

	(void)state;
	start();
	*map_of(0) = (struct boot_mem){ 0, PAGE_SIZE, BOOT_MEM_FREE, 3 };
	*map_of(1) = (struct boot_mem){ PAGE_SIZE, PAGE_SIZE, BOOT_MEM_HANDOFF, 0 };
	map_of(2)->type = BOOT_MEM_RESERVED;
	*map_of(8) = (struct boot_mem){ 0xbffff000, PAGE_SIZE, BOOT_MEM_HANDOFF, 0 };
	*map_of(9) = (struct boot_mem){ 0xc0000000, PAGE_SIZE, BOOT_MEM_FREE, 5 };
	*map_of(10) = (struct boot_mem){ 0xc0001000, PAGE_SIZE, BOOT_MEM_FREE, 7 };
	collect();
	assert_memory(PAGE_SIZE, PAGE_SIZE, BOOT_MEM_FREE, 3);
	assert_memory(0xbffff000, PAGE_SIZE, BOOT_MEM_FREE, 5);
	assert_int_equal(type_at(0xc0001000, &cache), 0);
	map_of(9)->type = BOOT_MEM_HANDOFF;
	collect();
	assert_memory(0xc0000000, PAGE_SIZE, BOOT_MEM_FREE, 0);
}

/* Something adjacent to memory that was given away is still there. */
static void test_beside(void **state)
{
	const struct draft *d = &stub.draft;
	char name[DRAFT_NAME];

	(void)state;
	start();
	*map_of(2) = (struct boot_mem){ MADE_MODULE, 0x1000, BOOT_MEM_FREE, 0 };
	*map_of(3) = (struct boot_mem){ 0x202000, 0x1000, BOOT_MEM_FREE, 0 };
	*(struct boot_module *)(handoff + MADE_MODULES) =
		(struct boot_module){ { MADE_MODULE + 0x1000, 0x1000 }, BOOT_MODULE_FILE, 0 };
	((struct boot_module *)(handoff + MADE_MODULES))[1] =
		(struct boot_module){ { ARCH_REACH - 8, 8 }, BOOT_MODULE_DTB, 0 };
	memset(handoff + MADE_EFI, 'n', DRAFT_NAME);
	memset(handoff + 0x5000, 'f', PAGE_SIZE);
	bi->file = (struct boot_range){ (uint64_t)handoff + 0x5000, PAGE_SIZE };
	bi->module_names = (struct boot_range){ bi->modules.base + 0x100, 32 };
	*(struct boot_range *)bi->module_names.base =
		(struct boot_range){ (uint64_t)handoff + MADE_EFI, DRAFT_NAME - 1 };
	bi->acpi_rsdp = MADE_MODULE - 1;
	bi->smbios = MADE_MODULE + 0x1000;
	bi->efi_systab = MADE_MODULE + 0xfff;
	bi->efi_memattr = 0x1000;
	*map_of(10) = (struct boot_mem){ 0xd0000000, PAGE_SIZE, BOOT_MEM_FREE, 0 };
	bi->tpm_final = 0xd0000000;			/* in no entry of the map */
	bi->fb = (struct boot_fb){ { ARCH_REACH - 0x12c000, 0x12c000 }, 640, 480, 2560,
				  BOOT_FB_XRGB8888, 0, 0, 0, 0 };
	collect();
	assert_true(d->info.acpi_rsdp && d->info.smbios && !d->info.efi_systab);
	assert_true(d->info.tpm_final && !d->info.efi_memattr);
	assert_true(d->info.fb.format == BOOT_FB_XRGB8888);
	assert_int_equal(raw.drops, 0);
	assert_int_equal(d->file_len, sizeof(d->file) - 1);
	assert_true(d->module[DRAFT_TREE].mem.size == 8);
	assert_int_equal(d->named, 1);
	memset(name, 'n', sizeof(name));
	assert_memory_equal(d->files[0].name, name, DRAFT_NAME - 1);
	((struct boot_range *)bi->module_names.base)->size++;
	collect();
	assert_int_equal(d->named, 0);
	assert_int_equal(raw.drops, 1);
	*(struct boot_range *)bi->module_names.base =
		(struct boot_range){ bi->handoff.base + bi->handoff.size, 1 };
	collect();
	assert_int_equal(d->named, 0);
	assert_int_equal(raw.drops, 1);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_room), cmocka_unit_test(test_room_and_arena),
		cmocka_unit_test(test_edges),
		cmocka_unit_test(test_memory_neighbours), cmocka_unit_test(test_beside),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
