/* SPDX-License-Identifier: MIT */
/*
 * acpi_text.h - ACPI tables in words, a line for each part: those without AML that say what the
 * machine has (ACPI 6.5 chapter 5; SPCR and DBG2: Microsoft's documents).
 *
 * No length, count or offset in a table is believed. A part that does not lie in it gets a line and
 * ends it.
 */
#ifndef KERNEL_ACPI_TEXT_H
#define KERNEL_ACPI_TEXT_H
#include "lib/acpi.h"

struct acpi_text {
	const uint8_t *table;
	uint32_t size;
	uint32_t at;			/* the next part */
	uint32_t left;			/* how many more there may be */
	uint32_t how;			/* private */
};

/*
 * Print what the table begins with. `table`: `length` readable bytes, at least a header. False: it
 * is none of those known here; nothing was printed.
 */
bool acpi_text_start(struct acpi_text *t, const struct acpi_header *table);

/* Print the next part. False: there was none. */
bool acpi_text_next(struct acpi_text *t);
#endif
