/* SPDX-License-Identifier: MIT */
/* again_world.h - a running kernel that begins again: its handoff, and whether it may leave. */
#ifndef AGAIN_WORLD_H
#define AGAIN_WORLD_H
#include "tests/host/unit/again_make.h"
#include "tests/host/unit/fake_raw.h"
#include "tests/host/unit/low.h"

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

/* Why not; NULL: it is on its way. */
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
#endif
