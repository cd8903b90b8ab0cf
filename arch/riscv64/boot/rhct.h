/* SPDX-License-Identifier: MIT */
/*
 * rhct.h - what ACPI says about the CPUs, for when there is no device tree: the RISC-V Hart
 * Capabilities Table (ACPI 6.6, 5.2.37). Pure. All of the table's `length` must be readable. It may
 * be NULL.
 */
#ifndef RHCT_H
#define RHCT_H
#include "lib/acpi.h"

#define RHCT_SIGNATURE	ACPI_SIGNATURE('R', 'H', 'C', 'T')

/* The counter's frequency; 0: unknown. */
uint64_t rhct_hz(const struct acpi_header *table);

/*
 * Whether there are harts, and the ISA string of each has this extension, in lower case. False also
 * if a hart has no such string, or an entry is malformed.
 */
bool rhct_harts_have(const struct acpi_header *table, const char *extension);
#endif
