/* SPDX-License-Identifier: MIT */
/*
 * power.h - switches a machine off or restarts it through ACPI's registers (6.5, 4.8.3): on a PC
 * the only way to switch off, except for UEFI's runtime services.
 *
 * For one CPU at a time. Tables are not trusted: every length is bounded, and every checksum is
 * verified.
 */
#ifndef KERNEL_POWER_H
#define KERNEL_POWER_H
#include "lib/acpi.h"

/* The caller sets all of it, of `acpi` the first two members. */
struct power {
	struct acpi acpi;		/* where tables can be read: windows_reach(), for example */
	uint64_t rsdp;			/* boot_info.acpi_rsdp */

	/*
	 * Where `size` bytes of registers at physical `pa` can be written, uncached; NULL: nowhere.
	 * `cookie` is acpi's. Not called if the registers are ports, as on most PCs.
	 */
	void *(*window)(void *cookie, uint64_t pa, uint64_t size);
};

/* The first valid table with this ACPI_SIGNATURE and at least `least` bytes, or NULL. */
const void *power_table(struct power *p, uint32_t signature, uint32_t least);

/* The FADT, for arch_off(), readable up to its full length; NULL if there is no valid one. */
const struct acpi_fadt *power_fadt(struct power *p);

/*
 * Sleep state S5 (chapter 7). Returns if there is no such method, or if it does not work within
 * some milliseconds. Prints a warning if only an interpreter of AML could tell how.
 */
void power_off(struct power *p);

/* The FADT's reset register (4.8.3.6), unless it is in PCI configuration space. Likewise. */
void power_reset(struct power *p);

/*
 * s5.c: find \_S5 in one table of AML (7.4.2). S5_FOUND: type[] is SLP_TYPa and SLP_TYPb, of which
 * the low three bits are used. S5_NEEDS_AML: only an interpreter could evaluate it.
 */
enum s5 { S5_ABSENT, S5_NEEDS_AML, S5_FOUND };
enum s5 s5_find(const struct acpi_header *table, uint32_t type[2]);
#endif
