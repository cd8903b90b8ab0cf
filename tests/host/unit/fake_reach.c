/* SPDX-License-Identifier: MIT */
/* fake_reach.c - see fake_reach.h. A piece ends where the hole begins. */
#include "tests/host/unit/fake_reach.h"
#include "arch/boot.h"

struct fake_reach fake_reach = { .top = 4 * GIB };

bool arch_reach(uint64_t at, bool device, struct boot_range *piece)
{
	const struct fake_reach *f = &fake_reach;

	*piece = (struct boot_range){ at, (at < f->hole.base ? f->hole.base : f->top) - at };
	return at < f->top && (device || at - f->hole.base >= f->hole.size);
}
