/* SPDX-License-Identifier: MIT */
/*
 * crumb.c - the breadcrumb trail. Works before .bss may be trusted: the first trail lies in
 * .data, and the names need no relocation.
 */
#include "lib/crumb.h"
#include "arch/arch.h"
#include "lib/string.h"

static struct crumbs first_trail = { .magic = CRUMB_MAGIC };
struct crumbs *crumb_trail = &first_trail;

static const char crumb_stage_names[CRUMB_STAGES][10] = {
	[CRUMB_ENTRY] = "entry", [CRUMB_COLLECT] = "collect", [CRUMB_PLACE] = "place",
	[CRUMB_EXIT] = "exit", [CRUMB_NORMALISE] = "normalise", [CRUMB_COPY] = "copy",
	[CRUMB_PLAN] = "plan", [CRUMB_SEAL] = "seal", [CRUMB_CLEAN] = "clean",
	[CRUMB_JUMP] = "jump", [CRUMB_KERNEL] = "kernel", [CRUMB_VERIFIED] = "verified",
	[CRUMB_MAP] = "map", [CRUMB_MEMORY] = "memory", [CRUMB_REPORT] = "report",
	[CRUMB_SELFTEST] = "selftest", [CRUMB_IDLE] = "idle", [CRUMB_OFF] = "off",
};

const char *crumb_name(uint32_t stage)
{
	return stage < CRUMB_STAGES ? crumb_stage_names[stage] : "?";
}

void crumb_drop(enum crumb_stage stage)
{
	crumb_trail->stage = stage;
	crumb_trail->time[stage] = arch_counter();
}

void crumb_move(struct crumbs *to)
{
	if (!to)
		to = &first_trail;
	memcpy(to, crumb_trail, sizeof(*to));
	crumb_trail = to;
}
