/* SPDX-License-Identifier: MIT */
/*
 * smbios.h - reads SMBIOS (DSP0134 3.6): what the manufacturer says the machine is.
 *
 * Lengths and checksums are verified before they are used. Structures lie in the table with all
 * their bytes, as do their strings; the walk ends where one would not.
 */
#ifndef KERNEL_SMBIOS_H
#define KERNEL_SMBIOS_H
#include "lib/base.h"

struct smbios {
	uint64_t address;		/* of the table, physical */
	uint32_t size;			/* of version 3: at most */
	uint32_t count;			/* structures; UINT32_MAX: not known */
	uint8_t major, minor;
	bool wide;			/* by the entry point of version 3 */

	/* for smbios_next() */
	const uint8_t *table;		/* `size` readable bytes */
	uint32_t at, seen;
	bool broken;			/* it ended because a structure does not lie in the table */
};

struct smbios_structure {
	const uint8_t *data;		/* `length` bytes, at least 4 */
	uint32_t at;			/* in the table */
	uint8_t type, length;
	uint16_t handle;
	const char *strings;		/* with all their NULs but the last */
	uint32_t strings_size;
};

/*
 * Read the entry point at physical `at`. `reach`: as in struct acpi; it makes readable the entry
 * point, and then the table. False: one of them is not good.
 */
bool smbios_open(struct smbios *s, uint64_t at,
		 const void *(*reach)(void *cookie, uint64_t at, uint64_t size), void *cookie);

/* The next structure; false: no more. The one that marks the end is the last. */
bool smbios_next(struct smbios *s, struct smbios_structure *out);

/* Print one in words, a line; of a type that is not known here, its type and length. */
void smbios_print(const struct smbios_structure *s);
#endif
