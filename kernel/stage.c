/* SPDX-License-Identifier: MIT */
/* stage.c - see stage.h. */
#include "kernel/stage.h"
#include "lib/string.h"

static const char names[STAGE_END - CRUMB_KERNEL][10] = {
	[STAGE_KERNEL - CRUMB_KERNEL] = "kernel", [STAGE_VERIFIED - CRUMB_KERNEL] = "verified",
	[STAGE_MAP - CRUMB_KERNEL] = "map", [STAGE_MEMORY - CRUMB_KERNEL] = "memory",
	[STAGE_REPORT - CRUMB_KERNEL] = "report", [STAGE_CLOCK - CRUMB_KERNEL] = "clock",
	[STAGE_SELFTEST - CRUMB_KERNEL] = "selftest",
	[STAGE_IDLE - CRUMB_KERNEL] = "idle", [STAGE_OFF - CRUMB_KERNEL] = "off",
	[STAGE_AGAIN - CRUMB_KERNEL] = "again",
};

const char *stage_name(uint32_t stage)
{
	return stage - CRUMB_KERNEL < ARRAY_SIZE(names) ? names[stage - CRUMB_KERNEL] : NULL;
}

uint32_t stage_named(const char *text, size_t size)
{
	for (uint32_t stage = 0; stage < STAGE_END; stage++) {
		const char *name = stage < CRUMB_KERNEL ? crumb_name(stage) : stage_name(stage);

		if (name && strlen(name) == size && !memcmp(name, text, size))
			return stage + 1;
	}
	return 0;
}

void stage_undo(uint32_t before)
{
	crumb_trail->time[crumb_trail->stage] = 0;
	crumb_trail->stage = before;
}
