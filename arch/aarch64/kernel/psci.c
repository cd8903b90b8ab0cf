/* SPDX-License-Identifier: MIT */
/*
 * psci.c - SYSTEM_OFF through PSCI (Arm DEN0022, 5.2). The conduit is in ACPI's FADT, or else in
 * the device tree.
 */
#include "arch/kernel.h"
#include "lib/fdt.h"

#define PSCI_SYSTEM_OFF	0x84000008u	/* PSCI 1.1, 5.9 */
#define ARM_PSCI	(1u << 0)	/* FADT ArmBootArchFlags, ACPI 6.5 table 5.11 */
#define ARM_PSCI_HVC	(1u << 1)

static void psci_off(bool by_hvc)
{
	register uint64_t x0 __asm__("x0") = PSCI_SYSTEM_OFF;

	/* SMCCC 1.1: older implementations may clobber x4-x17 */
	if (by_hvc)
		__asm__ volatile("hvc #0" : "+r"(x0) :: "x1", "x2", "x3", "x4", "x5", "x6", "x7",
				 "x8", "x9", "x10", "x11", "x12", "x13", "x14", "x15", "x16",
				 "x17", "memory");
	else
		__asm__ volatile("smc #0" : "+r"(x0) :: "x1", "x2", "x3", "x4", "x5", "x6", "x7",
				 "x8", "x9", "x10", "x11", "x12", "x13", "x14", "x15", "x16",
				 "x17", "memory");
}

void arch_off(const struct acpi_fadt *fadt, const void *dtb, uint64_t dtb_size)
{
	struct fdt fdt;
	bool by_hvc;

	if (fadt && fadt->header.length >= offsetof(struct acpi_fadt, minor) &&
	    (fadt->boot_flags_arm & ARM_PSCI))
		psci_off(fadt->boot_flags_arm & ARM_PSCI_HVC);
	if (dtb && fdt_open(&fdt, dtb, dtb_size) == OK && fdt_psci(&fdt, &by_hvc))
		psci_off(by_hvc);
}
