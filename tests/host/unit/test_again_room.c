/* SPDX-License-Identifier: MIT */
/* test_again_room.c - where the stub's stack goes before a kernel begins again. */
#include "tests/host/unit/again_world.h"

/* Where the stub's stack goes if this is all the memory below an arena's. 0: nowhere. */
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
	while ((uint64_t)handoff < end + 2 * room)	/* apart from the image */
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

int main(void)
{
	static const struct CMUnitTest tests[] = { cmocka_unit_test(test_room) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
