/* SPDX-License-Identifier: MIT */
/*
 * psci.c - firmware calls to switch CPUs and the machine on and off (Arm DEN0022, 5). The conduit,
 * SMC or HVC, is in ACPI's FADT or in the device tree.
 */
#include "psci.h"
#include "arch/aarch64/boot/cpu.h"
#include "arch/kernel.h"
#include "lib/fdt.h"

#define ARM_PSCI	(1u << 0)	/* FADT ArmBootArchFlags, ACPI 6.5 table 5.11 */
#define ARM_PSCI_HVC	(1u << 1)
#define FACP_SIGNATURE	ACPI_SIGNATURE('F', 'A', 'C', 'P')

int32_t psci_call(enum psci by, uint32_t function, uint64_t a, uint64_t b, uint64_t c)
{
	register uint64_t x0 __asm__("x0") = function;
	register uint64_t x1 __asm__("x1") = a;
	register uint64_t x2 __asm__("x2") = b;
	register uint64_t x3 __asm__("x3") = c;

	/* SMCCC 1.1: older implementations may clobber x4-x17 */
	if (by == PSCI_HVC)
		__asm__ volatile("hvc #0" : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3) :: "x4", "x5",
				 "x6", "x7", "x8", "x9", "x10", "x11", "x12", "x13", "x14", "x15",
				 "x16", "x17", "memory");
	else
		__asm__ volatile("smc #0" : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3) :: "x4", "x5",
				 "x6", "x7", "x8", "x9", "x10", "x11", "x12", "x13", "x14", "x15",
				 "x16", "x17", "memory");
	return (int32_t)x0;
}

static enum psci by_fadt(const struct acpi_fadt *f)
{
	if (!f || f->header.length < offsetof(struct acpi_fadt, minor) ||
	    !(f->boot_flags_arm & ARM_PSCI))
		return PSCI_NONE;
	return f->boot_flags_arm & ARM_PSCI_HVC ? PSCI_HVC : PSCI_SMC;
}

static enum psci by_tree(const void *dtb, uint64_t size)
{
	struct fdt fdt;
	bool by_hvc;

	if (!dtb || fdt_open(&fdt, dtb, size) != OK || !fdt_psci(&fdt, &by_hvc))
		return PSCI_NONE;
	return by_hvc ? PSCI_HVC : PSCI_SMC;
}

enum psci psci_find(const struct machine *m)
{
	const enum psci by = by_tree(m->dtb, m->dtb_size);

	return by != PSCI_NONE ? by :
	       by_fadt((const void *)m->table(m->cookie, FACP_SIGNATURE));
}

/* At EL2 an HVC would be a fault: EL2 takes it itself. */
static __attribute__((noinline)) void end_by(enum psci by, uint32_t function)
{
	if (by == PSCI_SMC || (by == PSCI_HVC && cpu_level() != 2))
		psci_call(by, function, 0, 0, 0);
}

static void psci_end(uint32_t function, const struct acpi_fadt *fadt, const void *dtb,
		     uint64_t dtb_size)
{
	end_by(by_fadt(fadt), function);
	end_by(by_tree(dtb, dtb_size), function);
}

void arch_off(const struct acpi_fadt *fadt, const void *dtb, uint64_t dtb_size)
{
	psci_end(PSCI_SYSTEM_OFF, fadt, dtb, dtb_size);
}

void arch_reset(const struct acpi_fadt *fadt, const void *dtb, uint64_t dtb_size)
{
	psci_end(PSCI_SYSTEM_RESET, fadt, dtb, dtb_size);
}
