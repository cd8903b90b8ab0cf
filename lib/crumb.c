/* SPDX-License-Identifier: MIT */
/*
 * crumb.c - the breadcrumbs. Works before .bss can be trusted: the first ones are in .data, and
 * names need no relocation.
 */
#include "lib/crumb.h"
#include "arch/boot.h"
#include "lib/print.h"
#include "lib/string.h"

_Static_assert(CRUMB_STUB_STAGES <= CRUMB_KERNEL, "the stub has 16 stages at most");
_Static_assert(sizeof(struct crumbs) <= CRUMB_SIZE, "the boot_info lies after the crumbs");

static struct crumbs first_trail = { .magic = CRUMB_MAGIC };
struct crumbs *crumb_trail = &first_trail;

const char *(*crumb_kernel_name)(uint32_t stage) __attribute__((section(".data"))) = NULL;

const char *crumb_name(uint32_t stage)
{
	static const char names[] = "entry\0" "collect\0" "place\0" "exit\0" "normalise\0"
		"copy\0" "plan\0" "seal\0" "clean\0" "jump";

	_Static_assert(CRUMB_ENTRY == 0 && CRUMB_STUB_STAGES == 10, "a name for each stage");
	return stage < CRUMB_STUB_STAGES ? text_item(names, stage) : NULL;
}

const char *crumb_label(uint32_t stage, char number[CRUMB_LABEL])
{
	const char *name = crumb_name(stage);

	if (!name && stage >= CRUMB_KERNEL && crumb_kernel_name)
		name = crumb_kernel_name(stage);
	if (name)
		return name;
	text_format(number, CRUMB_LABEL, "%u", stage);
	return number;
}

void crumb_drop(uint32_t stage)
{
	crumb_trail->stage = stage;
	crumb_trail->time[stage] = arch_counter();
}

void crumb_move(struct crumbs *to)
{
	if (!to)
		to = &first_trail;
	memcpy(to, crumb_trail, offsetof(struct crumbs, text));
	to->text[0] = 0;
	to->panics = crumb_trail->panics;
	crumb_trail = to;
}

void crumb_begin(void)
{
	memset(&first_trail, 0, sizeof(first_trail));
	first_trail.magic = CRUMB_MAGIC;
	crumb_trail = &first_trail;
}
