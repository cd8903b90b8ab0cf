/* SPDX-License-Identifier: MIT */
/*
 * firmware.h - what the kernel itself needs from firmware's tables: how to switch the machine off
 * or restart it.
 *
 * Tables are not trusted: every length is bounded and every checksum is verified. *_off and *_reset
 * return if their method is missing or did not work.
 */
#ifndef KERNEL_FIRMWARE_H
#define KERNEL_FIRMWARE_H
#include "lib/acpi.h"
#include "kernel/kernel.h"

/* Sleep state S5, ACPI 6.5 chapter 7. acpi.c */
void acpi_off(struct kernel *k);

/* The FADT's reset register, 4.8.3.6. acpi.c */
void acpi_reset(struct kernel *k);

/*
 * s5.c: find \_S5 in one table of AML (7.4.2). S5_FOUND: type[] is SLP_TYPa and SLP_TYPb, of which
 * the low three bits are used. S5_NEEDS_AML: only an interpreter could evaluate it.
 */
enum s5 { S5_ABSENT, S5_NEEDS_AML, S5_FOUND };
enum s5 s5_find(const struct acpi_header *table, uint32_t type[2]);

/* The first valid table with this ACPI_SIGNATURE, or NULL. acpi.c */
const struct acpi_header *acpi_find_table(struct kernel *k, uint32_t signature);

/* The FADT, readable up to its full length; NULL if there is no valid one. acpi.c */
const struct acpi_fadt *acpi_find_fadt(struct kernel *k);
#endif
