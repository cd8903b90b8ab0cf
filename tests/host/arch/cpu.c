/* SPDX-License-Identifier: MIT */
/* cpu.c - see cpu.h. The page tables are a real CPU's: arch/<isa>/boot/pgtable.c is linked. */
#include "tests/host/arch/cpu.h"
#include <string.h>

#define R_RELATIVE	8

struct fake_cpu fake_cpu = { .top = 4 * GIB };
const char arch_name[] = "fake";
const char arch_mode_name[] = "CPL";
const char arch_default_path[] = "\\EFI\\BOOT\\BOOTX64.EFI";
const uint32_t arch_rela_relative = R_RELATIVE;
const char arch_found[BOOT_FOUND][8] = { "" };

void fake_cpu_reset(void)
{
	memset(&fake_cpu, 0, sizeof(fake_cpu));
	fake_cpu.has_random = true;
	fake_cpu.top = UINT64_MAX;
}

void fake_forbidden(const char *name)
{
	if (fake_cpu.forbidden)
		fake_cpu.forbidden(name);
}
