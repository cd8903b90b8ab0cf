/* SPDX-License-Identifier: MIT */
/* collect.c - for the arm64 Image entry: the loader passes only a device tree. */
#include "arch/collect.h"
#include "arch/boot.h"
#include "lib/console/panic.h"

void arch_collect(uint32_t kind, struct draft *d, struct raw *r, uint64_t a, uint64_t b)
{
	(void)b;
	if (kind != BOOT_ENTRY_IMAGE)
		panic("entry %u: unknown on this CPU", kind);
	dtb_collect(d, r, a);
}

void arch_collect_port(uint64_t a, struct boot_uart *out)
{
	if (!dtb_port(a, out))
		arch_default_uart(out);
}
