/* SPDX-License-Identifier: MIT */
/* again_world.h - a running kernel that boots again: its handoff, and whether it may leave. */
#ifndef AGAIN_WORLD_H
#define AGAIN_WORLD_H
#include "tests/host/unit/again_make.h"
#include "tests/host/unit/fake_raw.h"
#include "tests/host/unit/low.h"
#include "lib/crumb.h"

static struct boot_info *bi;
static struct again *kept;
static uint8_t *handoff;

static struct boot_mem *map_of(uint32_t i)
{
	return (struct boot_mem *)bi->memmap.base + i;
}

static void start(void)
{
	if (!handoff)
		handoff = low(MADE_SIZE);
	memset(handoff, 0, MADE_SIZE);
	bi = again_make(handoff);
	kept = (struct again *)(handoff + MADE_KEPT);
	fake_cpu.pinned = fake_cpu.room_first = fake_cpu.room = 0;
	fake_cpu.forbidden = NULL;
	fake_cpu.has_off = true;
}

/* Why the kernel cannot boot again; NULL: it does. */
static const char *again_sized(const char *cmdline, uint64_t size)
{
	if (setjmp(fake_cpu.out))
		return NULL;
	return stub_again(bi, cmdline, size);
}

static const char *again(const char *cmdline)
{
	return again_sized(cmdline, strlen(cmdline));
}

/* ---- and into the stub ---- */

static struct stub stub;
static struct raw raw;

static void collect(void)
{
	memset(&stub, 0, sizeof(stub));
	stub.draft.cold = true;
	stub.draft.info.entry = BOOT_ENTRY_AGAIN;
	memset(stub.draft.file, 'x', sizeof(stub.draft.file));	/* all of it is written */
	memset(stub.draft.vendor, 'x', sizeof(stub.draft.vendor));
	raw_begin(&raw);
	raw.scratch = 0x400000;
	raw.map[0] = (struct boot_mem){ 0x90000000, PAGE_SIZE, BOOT_MEM_FREE, 0 };
	raw.n = 1;				/* not taken over */
	crumb_begin();
	again_collect(&stub.draft, &raw, (uint64_t)bi);
}

/* Type of the page at `at`, by the last range that has it; 0: none. */
static uint32_t type_at(uint64_t at, uint32_t *cache)
{
	uint32_t type = 0;

	for (uint32_t i = 0; i < raw.n; i++)
		if (at - raw.map[i].base < raw.map[i].size) {
			type = raw.map[i].type;
			*cache = raw.map[i].cache;
		}
	return type;
}

static void assert_memory(uint64_t base, uint64_t size, uint32_t type, uint32_t cache)
{
	uint32_t first, last;

	assert_int_equal(type_at(base, &first), type);
	assert_int_equal(type_at(base + size - 1, &last), type);
	assert_int_equal(first, cache);
	assert_int_equal(last, cache);
}
#endif
