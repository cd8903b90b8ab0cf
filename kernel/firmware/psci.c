/* SPDX-License-Identifier: MIT */
/*
 * psci.c - which conduit reaches PSCI (Arm DEN0022, 5.2): ACPI says so in the FADT, else
 * the device tree does. On other CPUs neither says so, and nothing happens.
 */
#include "lib/fdt.h"
#include "kernel/firmware/firmware.h"

#define ARM_PSCI	(1u << 0)	/* FADT ArmBootArchFlags, ACPI 6.5 table 5.11 */
#define ARM_PSCI_HVC	(1u << 1)

void psci_off(struct kernel *k)
{
	const struct boot_module *m = memory_at(&k->memory, k->bi->modules.base);
	const struct acpi_fadt *fadt = acpi_find_fadt(k);
	struct fdt fdt;
	bool by_hvc;

	if (fadt && fadt->header.length >= offsetof(struct acpi_fadt, minor) &&
	    (fadt->boot_flags_arm & ARM_PSCI))
		arch_psci_off(fadt->boot_flags_arm & ARM_PSCI_HVC);
	for (uint64_t i = 0; i < k->bi->modules.size / sizeof(*m); i++)
		if (m[i].kind == BOOT_MODULE_DTB &&
		    fdt_open(&fdt, memory_at(&k->memory, m[i].mem.base), m[i].mem.size) == OK &&
		    fdt_psci(&fdt, &by_hvc))
			arch_psci_off(by_hvc);
}
