/* SPDX-License-Identifier: MIT */
/*
 * acpi_text.h - prints ACPI tables as text, one line for each part: tables without AML that
 * describe the machine (ACPI 6.5 chapter 5; SPCR and DBG2: Microsoft's documents).
 *
 * No length, count or offset in a table is trusted. A part that is not completely inside the table
 * gets a line that says so, and is the last.
 */
#ifndef KERNEL_ACPI_TEXT_H
#define KERNEL_ACPI_TEXT_H
#include "lib/acpi.h"

struct acpi_text {
	const uint8_t *table;
	uint32_t size;
	uint32_t at;			/* offset of the next part */
	uint32_t left;			/* most parts that may follow */
	uint32_t how;			/* private */
};

/*
 * Print the fixed fields of a table, of which `length` bytes, at least a header, can be read.
 * False, with nothing printed, if the table is of an unknown kind.
 */
bool acpi_text_start(struct acpi_text *t, const struct acpi_header *table);

/* Print the next part. False if there is none. */
bool acpi_text_next(struct acpi_text *t);
#endif
