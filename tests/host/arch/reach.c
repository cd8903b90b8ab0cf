/* SPDX-License-Identifier: MIT */
/*
 * reach.c - everything below `top` is mapped, except `unmapped`, which only devices may be in. A
 * piece ends where that begins.
 */
#include "tests/host/arch/cpu.h"

bool arch_reach(uint64_t at, bool device, struct boot_range *piece)
{
	const struct boot_range *hole = &fake_cpu.unmapped;

	*piece = (struct boot_range){ at, (at < hole->base ? hole->base : fake_cpu.top) - at };
	return at < fake_cpu.top && (device ? !fake_cpu.no_devices : at - hole->base >= hole->size);
}
