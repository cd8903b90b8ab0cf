/* SPDX-License-Identifier: MIT */
/*
 * smbios.h - reads SMBIOS (DSP0134 3.6): the machine, as its manufacturer describes it.
 *
 * Lengths and checksums are verified before they are used. A structure that is returned lies
 * completely inside the table, with its strings; the walk ends at the first that does not.
 */
#ifndef KERNEL_SMBIOS_H
#define KERNEL_SMBIOS_H
#include "lib/base.h"

struct smbios {
	uint64_t address;		/* of the table, physical */
	uint32_t size;			/* bytes; with a version 3 entry point an upper bound */
	uint32_t count;			/* structures; UINT32_MAX: unknown */
	uint8_t major, minor;
	bool wide;			/* from a version 3 entry point */

	/* for smbios_next() */
	const uint8_t *table;		/* `size` readable bytes */
	uint32_t at, seen;
	bool broken;			/* ended at a structure that is not in the table */
};

struct smbios_structure {
	const uint8_t *data;		/* `length` bytes, at least 4 */
	uint32_t at;			/* offset in the table */
	uint8_t type, length;
	uint16_t handle;
	const char *strings;		/* with their NULs, except the very last */
	uint32_t strings_size;
};

/*
 * Read the entry point at physical address `at`. `reach` is as in struct acpi; it is called for the
 * entry point, then for the table. False if one of them is unreadable or invalid.
 */
bool smbios_open(struct smbios *s, uint64_t at,
		 const void *(*reach)(void *cookie, uint64_t at, uint64_t size), void *cookie);

/*
 * The next structure; false if there is none, or if it is damaged (s->broken). The structure that
 * marks the end is returned as the last.
 */
bool smbios_next(struct smbios *s, struct smbios_structure *out);

/* Print one structure on one line: its fields, or only type and length if the type is unknown. */
void smbios_print(const struct smbios_structure *s);
#endif
