/* SPDX-License-Identifier: MIT */
/* cpu.c - names for the report of the numbers from arch_cpu_state(). */
#include "arch/kernel.h"

const char arch_mode_name[] = "CPL";
const char arch_found[BOOT_FOUND][8] = { "cr0", "cr4", "efer", "apic", "svr", "pic" };

/* A PC can only be switched off by its chipset, through ACPI. */
void arch_off(const struct acpi_fadt *fadt, const void *dtb, uint64_t dtb_size)
{
	(void)fadt;
	(void)dtb;
	(void)dtb_size;
}
