/* SPDX-License-Identifier: MIT */
/*
 * test_again_edges.c - booting again: places that are free to the last page, modules by name; and
 * the bounds of what the stub then takes over.
 */
#include "tests/host/unit/again_world.h"

#define PLACE		(64 * MIB)
#define FAR		(1ull << 40)	/* room for the stub's stack */

/* Only reserved memory, and after the map's end an entry that must not be read. */
static void empty(void)
{
	start();
	for (uint32_t i = 0; i < 10; i++)
		*map_of(i) = (struct boot_mem){ 0, 0, BOOT_MEM_RESERVED, 0 };
	*map_of(10) = (struct boot_mem){ 0, ARCH_REACH, BOOT_MEM_FREE, 0 };
}

static void entry(uint32_t i, uint64_t base, uint64_t size, uint32_t type)
{
	*map_of(i) = (struct boot_mem){ base, size, type, 0 };
}

/* Bytes of the next arena, as the refusal says. */
static uint64_t arena_size(void)
{
	const char *why;
	uint64_t pages;

	empty();
	why = again("place=0x4000000");
	assert_non_null(why);
	assert_int_equal(sscanf(why, "place=0x4000000: no free RAM for %lu pages", &pages), 1);
	assert_in_range(pages, 1, 256);
	return pages * PAGE_SIZE;
}

/* Whether the arena may go there, with room elsewhere. */
static bool placed(uint64_t at)
{
	char text[64];
	const char *why;

	entry(9, FAR, GIB, BOOT_MEM_FREE);
	snprintf(text, sizeof(text), "place=0x%lx", at);
	why = again(text);
	if (why && !strstr(why, "no free RAM"))
		fail_msg("%s: %s", text, why);
	return !why;
}

static void test_fixed(void **state)
{
	const uint64_t size = arena_size(), page = PAGE_SIZE;

	(void)state;
	empty();
	entry(0, PLACE, size, BOOT_MEM_FREE);
	assert_true(placed(PLACE));
	assert_false(placed(PLACE + page));
	assert_false(placed(PLACE - page));
	entry(0, PLACE, size - page, BOOT_MEM_FREE);
	assert_false(placed(PLACE));
	entry(1, PLACE + size - page, page, BOOT_MEM_RECLAIM);	/* in two pieces */
	assert_true(placed(PLACE));
	map_of(1)->type = BOOT_MEM_NVS;
	assert_false(placed(PLACE));
	entry(0, PLACE - page, page, BOOT_MEM_NVS);		/* next to memory in use */
	entry(1, PLACE, size, BOOT_MEM_FREE);
	entry(2, PLACE + size, page, BOOT_MEM_NVS);
	assert_true(placed(PLACE));
	entry(1, ARCH_REACH - size, GIB, BOOT_MEM_FREE);	/* where the CPU reaches */
	assert_true(placed(ARCH_REACH - size));
	assert_false(placed(ARCH_REACH - size + page));
	assert_false(placed(ARCH_REACH));
	assert_false(placed(ARCH_REACH + page));
}

/* The stub's stack does not overlap the arena: here two steps below a place that would. */
static void test_room_beside(void **state)
{
	const uint64_t half = ALIGN_DOWN(arena_size() / 2, PAGE_SIZE), room = ARCH_AGAIN_ROOM;
	const uint64_t want = PLACE + half - 2 * room;
	char text[64];

	(void)state;
	empty();
	snprintf(text, sizeof(text), "place=0x%llx", PLACE);
	entry(0, want, 3 * room, BOOT_MEM_FREE);
	assert_null(again(text));
	assert_true(fake_cpu.room == want);
	entry(0, want + PAGE_SIZE, 3 * room - PAGE_SIZE, BOOT_MEM_FREE);
	assert_string_equal(again(text), "no memory for the stub's stack");
}

/* Whether there is a place for the arena if this is all the memory. */
static bool anywhere(uint64_t base, uint64_t size, uint32_t type)
{
	const char *why;

	empty();
	entry(0, base, size, type);
	why = again("");
	if (!why || !strcmp(why, "no memory for the stub's stack"))
		return true;
	assert_string_equal(why, "no memory for another arena");
	return false;
}

static void test_anywhere(void **state)
{
	const uint64_t size = arena_size();

	(void)state;
	assert_true(anywhere(PLACE, size, BOOT_MEM_FREE));
	assert_true(anywhere(PLACE, size, BOOT_MEM_RECLAIM));
	assert_false(anywhere(PLACE, size - PAGE_SIZE, BOOT_MEM_FREE));
	assert_false(anywhere(PLACE, size, BOOT_MEM_HANDOFF));
	assert_true(anywhere(4 * MIB, 4 * MIB, BOOT_MEM_FREE));
	assert_true(anywhere(0, MIB + size, BOOT_MEM_FREE));	/* not in the lowest MiB */
	assert_false(anywhere(0, size, BOOT_MEM_FREE));
	assert_false(anywhere(0, MIB, BOOT_MEM_FREE));
	assert_false(anywhere(0, MIB + size - PAGE_SIZE, BOOT_MEM_FREE));
}

/* The arena grows with each text. */
static void test_texts(void **state)
{
	char line[64 + 3000] = "place=0x4000000 ";
	const uint64_t n = strlen(line);
	uint64_t most[3];

	(void)state;
	for (uint32_t which = 0; which < 3; which++) {
		const uint64_t size = arena_size();

		empty();
		entry(0, PLACE, size, BOOT_MEM_FREE);
		entry(9, FAR, GIB, BOOT_MEM_FREE);
		bi->file.size = bi->vendor.size = 0;
		memset(line + n, 'x', 3000);
		for (most[which] = 0; most[which] < 1 << 14; most[which] += 8) {
			const uint64_t more = most[which];

			bi->vendor = bi->file = (struct boot_range){ (uint64_t)handoff, 0 };
			line[n] = 0;
			if (which == 0)
				bi->file.size = more;
			else if (which == 1)
				bi->vendor.size = more;
			else if (more)
				memset(line + n, 'x', more), line[n + more] = 0;
			if (which == 2 && more > 1500)
				break;
			if (again(line))
				break;
		}
	}
	assert_in_range(most[0], 8, 4096);
	assert_int_equal(most[0], most[1]);
	assert_true(most[2] > 1500 || most[2] == most[0] || most[2] == most[0] + 8);
	bi->vendor.size = 0;			/* up to 8 bytes of the last page are left */
	bi->file = (struct boot_range){ (uint64_t)handoff, most[0] - 8 };
	line[n] = 0;
	assert_null(again(line));
	memset(line + n, 'x', 16), line[n + 16] = 0;
	assert_non_null(again(line));
}

/* ---- modules by name ---- */

static struct boot_range *names(void)
{
	struct boot_module *m = (void *)(handoff + MADE_MODULES);
	struct boot_range *name = (void *)(handoff + MADE_MODULES + 0x100);

	start();
	m[0].kind = m[1].kind = BOOT_MODULE_FILE;
	m[1].mem = m[0].mem;
	memcpy(handoff + MADE_TEXT + 128, "abcde", 5);
	name[0] = (struct boot_range){ (uint64_t)handoff + MADE_TEXT + 128, 3 };	/* abc */
	name[1] = (struct boot_range){ (uint64_t)handoff + MADE_TEXT + 129, 4 };	/* bcde */
	bi->module_names = (struct boot_range){ (uint64_t)name, 2 * sizeof(*name) };
	return name;
}

static void test_names(void **state)
{
	static const struct {
		const char *words;
		bool there;
	} t[] = {
		{ "module=abc", true }, { "module=bcde", true }, { "module=bcde module=abc", true },
		{ "module=ab", false }, { "module=abd", false }, { "module=bcd", false },
		{ "module=abcd", false }, { "module=abc module=a", false }, { "module=b", false },
	};
	struct boot_range *name;

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(t); i++) {
		const char *why;

		names();
		why = again(t[i].words);
		if (!why != t[i].there)
			fail_msg("%s: %s", t[i].words, why);
		if (why)
			assert_string_equal(why, "module=: there is none of that name");
	}
	name = names();
	assert_string_equal(again("initrd=abc"), "initrd=: there is none");
	((struct boot_module *)(handoff + MADE_MODULES))[1].kind = BOOT_MODULE_INITRD;
	assert_null(again("initrd=x module=abc"));
	assert_non_null(again("module=bcde"));		/* not that one's */
	((struct boot_module *)(handoff + MADE_MODULES))[0].kind = BOOT_MODULE_INITRD;
	assert_null(again("initrd=x"));
	name = names();
	bi->modules.size /= 2;				/* the second is not there */
	bi->module_names.size /= 2;
	assert_null(again("module=abc"));
	assert_non_null(again("module=bcde"));
	name = names();
	name[0].base = (uint64_t)handoff + MADE_SIZE - 2;	/* not all in the handoff */
	assert_non_null(again("module=abc"));
	names();
	bi->module_names.size = 0;
	assert_non_null(again("module=abc"));
}

/* ---- and in the stub ---- */

/* All that is read is cleaned first, as it may be in a cache; texts keep their ends. */
static void test_read(void **state)
{
	const struct boot_range *const read[] = {
		&bi->kept, &bi->memmap, &bi->modules, &bi->module_names, &bi->efi_memmap,
		&bi->file, &bi->vendor,
	};
	const struct draft *d = &stub.draft;

	(void)state;
	names();
	fake_cpu.cleans = 0;
	collect();
	assert_int_equal(d->named, 2);
	assert_true(d->files[1].name_len == 4 && !memcmp(d->files[1].name, "bcde", 4));
	for (uint32_t i = 0; i < ARRAY_SIZE(read); i++)
		assert_true(fake_cleaned(read[i]->base, read[i]->size));
	assert_true(fake_cleaned((uint64_t)handoff, PAGE_SIZE));
	strcpy(kept->cmdline, "a=b c=d");
	kept->cmdline_len = 3;
	collect();
	assert_string_equal(d->cmdline, "a=b");
	kept->cmdline_len = UINT64_MAX;
	collect();
	assert_string_equal(d->cmdline, "a=b c=d");
	memset(kept->cmdline, 'x', CMDLINE_MAX);
	memset(kept->why, 'y', sizeof(kept->why));
	collect();
	assert_int_equal(d->cmdline_len, CMDLINE_MAX - 1);
}

static void test_door(void **state)
{
	struct raw_door door = { 0 };

	(void)state;
	again_door(&door, 5);
	assert_true(door.scratch == 5 && door.collect == again_collect);
}

/* Memory that was given away from the middle of a module on; a screen beyond reach. */
static void test_taken(void **state)
{
	static const uint64_t base[] = { 0x12c000, 0x12b000, 0, -0x12c000 };
	const uint64_t size = 0x12c000;

	(void)state;
	start();
	*map_of(2) = (struct boot_mem){ MADE_MODULE + 0x1000, 0x1000, BOOT_MEM_FREE, 0 };
	collect();
	assert_int_equal(raw.drops, 1);
	for (uint32_t i = 0; i < ARRAY_SIZE(base); i++) {
		start();
		bi->fb = (struct boot_fb){ { ARCH_REACH - base[i], size }, 640, 480, 2560,
					   BOOT_FB_XRGB8888, 0, 0, 0, 0 };
		collect();
		assert_int_equal(stub.draft.info.fb.format, i ? 0 : BOOT_FB_XRGB8888);
	}
}

/* Attributes are those of adjacent memory, with only memory of the kernel in between. */
static void test_cache(void **state)
{
	static const struct {
		uint32_t type[4];
		uint32_t gap;		/* before that one */
		uint32_t want;		/* of the second */
	} t[] = {
		{ { BOOT_MEM_NVS, BOOT_MEM_HANDOFF, BOOT_MEM_FREE, BOOT_MEM_NVS }, 0, 5 },
		{ { BOOT_MEM_NVS, BOOT_MEM_HANDOFF, BOOT_MEM_NVS, BOOT_MEM_FREE }, 0, 0 },
		{ { BOOT_MEM_NVS, BOOT_MEM_HANDOFF, BOOT_MEM_IMAGE, BOOT_MEM_FREE }, 0, 7 },
		{ { BOOT_MEM_FREE, BOOT_MEM_HANDOFF, BOOT_MEM_FREE, BOOT_MEM_NVS }, 2, 3 },
		{ { BOOT_MEM_FREE, BOOT_MEM_HANDOFF, BOOT_MEM_FREE, BOOT_MEM_NVS }, 1, 5 },
		{ { BOOT_MEM_FREE, BOOT_MEM_HANDOFF, BOOT_MEM_IMAGE, BOOT_MEM_NVS }, 0, 3 },
		{ { BOOT_MEM_FREE, BOOT_MEM_HANDOFF, BOOT_MEM_IMAGE, BOOT_MEM_NVS }, 1, 0 },
		{ { BOOT_MEM_FREE, BOOT_MEM_HANDOFF, BOOT_MEM_IMAGE, BOOT_MEM_FREE }, 3, 3 },
	};
	static const uint32_t cache[] = { 3, 0, 5, 7 };

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(t); i++) {
		uint64_t at = PLACE, second = 0;

		empty();
		for (uint32_t k = 0; k < 4; k++, at += PAGE_SIZE) {
			at += t[i].gap == k && k ? PAGE_SIZE : 0;
			second = k == 1 ? at : second;
			*map_of(k) = (struct boot_mem){ at, PAGE_SIZE, t[i].type[k],
				t[i].type[k] == BOOT_MEM_IMAGE ? 0 : cache[k] };
		}
		collect();
		assert_memory(second, PAGE_SIZE, BOOT_MEM_FREE, t[i].want);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fixed), cmocka_unit_test(test_room_beside),
		cmocka_unit_test(test_anywhere), cmocka_unit_test(test_texts),
		cmocka_unit_test(test_names), cmocka_unit_test(test_read),
		cmocka_unit_test(test_door), cmocka_unit_test(test_taken),
		cmocka_unit_test(test_cache),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
