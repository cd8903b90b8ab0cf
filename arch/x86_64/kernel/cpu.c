/* SPDX-License-Identifier: MIT */
/* cpu.c - what a report calls the numbers that arch_cpu_state() found. */
#include "arch/kernel.h"

const char arch_mode_name[] = "CPL";
const char arch_found[BOOT_FOUND][8] = { "cr0", "cr4", "efer", "apic", "svr", "pic" };

/* A PC is switched off by its chipset alone, as ACPI says. */
void arch_off(const struct acpi_fadt *fadt, const void *dtb, uint64_t dtb_size)
{
	(void)fadt;
	(void)dtb;
	(void)dtb_size;
}
