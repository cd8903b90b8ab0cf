/* SPDX-License-Identifier: MIT */
/*
 * firmware.h - what the kernel still needs from firmware: switching the machine off, and on
 * again.
 *
 * Tables are not trusted: every length is bounded and every checksum is verified. *_off
 * and *_reset return if their method is missing or did not work.
 */
#ifndef KERNEL_FIRMWARE_H
#define KERNEL_FIRMWARE_H
#include "lib/acpi.h"
#include "kernel/kernel.h"

/* Sleep state S5, ACPI 6.5 chapter 7. acpi.c */
void acpi_off(struct kernel *k);

/* The FADT's reset register, 4.8.3.6. acpi.c */
void acpi_reset(struct kernel *k);

/* s5.c: find \_S5 in a table of AML. Found: SLP_TYPa and b, whose low three bits are used. */
enum s5 { S5_ABSENT, S5_NEEDS_AML, S5_FOUND };
enum s5 s5_find(const struct acpi_header *table, uint32_t type[2]);

/* The first good table with this ACPI_SIGNATURE, or NULL. acpi.c */
const struct acpi_header *acpi_find_table(struct kernel *k, uint32_t signature);

/* The FADT, readable up to its full length; NULL if there is no good one. acpi.c */
const struct acpi_fadt *acpi_find_fadt(struct kernel *k);
#endif
