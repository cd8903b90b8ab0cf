/* SPDX-License-Identifier: MIT */
/* collect.c - for the entries of Linux and PVH: the loader passes a structure. */
#include "arch/collect.h"
#include "arch/boot.h"
#include "lib/console/panic.h"
#include "raw.h"

void arch_collect(uint32_t kind, struct draft *d, struct raw *r, uint64_t a, uint64_t b)
{
	(void)b;
	switch (kind) {
	case BOOT_ENTRY_LINUX16:
	case BOOT_ENTRY_LINUX32:
	case BOOT_ENTRY_LINUX64:
		linux_collect(d, r, a);
		break;
	case BOOT_ENTRY_PVH:
		pvh_collect(d, r, a, xen_collect);
		break;
	default:
		panic("entry %u: unknown on this CPU", kind);
	}
}

void arch_collect_port(uint64_t a, struct boot_uart *out)
{
	(void)a;
	arch_default_uart(out);
}
