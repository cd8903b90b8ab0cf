/* SPDX-License-Identifier: MIT */
/*
 * acpi.c - finds tables from the RSDP (ACPI 6.5, 5.2.5 to 5.2.8). Pure except for reach().
 *
 * Sums only tables that are asked for, since the stub runs this in every boot.
 */
#include "lib/acpi.h"
#include "lib/string.h"

#define TABLE_MAX	(8 * MIB)	/* AML is long */
#define ENTRIES_MAX	1024		/* of a root table; firmware has some 30 */
#define RSDP_SIZE_1	20		/* size of revision 0, and what its checksum covers */
#define RSDP_REVISION_2	2

#define SUM_BYTES	0x00ff00ff00ff00ffull	/* every other byte of a word */

/* Add whole words, as four sums of two bytes each: adding bytes would be slow. */
static bool sum_ok(const struct acpi *a, const void *data, uint32_t size)
{
	const uint8_t *p = data, *const end = p + size;
	uint64_t sum = 0, words = 0;

	if (a->unsummed)
		return true;
	for (; p < end && (uint64_t)p % sizeof(words); p++)
		sum += *p;
	for (; end - p >= (int64_t)sizeof(words); p += sizeof(words)) {
		const uint64_t w = *(const uint64_t *)p;

		words += (w & SUM_BYTES) + (w >> 8 & SUM_BYTES);
		words &= SUM_BYTES;		/* ignore carries */
	}
	for (; p < end; p++)
		sum += *p;
	words += words >> 32;
	words += words >> 16;
	return !((sum + words) & 0xff);
}

const void *acpi_table(const struct acpi *a, uint64_t at, uint32_t signature, uint32_t least)
{
	const struct acpi_header *h = a->reach(a->cookie, at, sizeof(*h));
	uint32_t length;

	if (!h || acpi_signature(h) != signature)
		return NULL;
	length = h->length;
	if (length < least || length < sizeof(*h) || length > TABLE_MAX)
		return NULL;
	h = a->reach(a->cookie, at, length);
	return h && sum_ok(a, h, length) ? h : NULL;
}

/* ---- root tables ---- */

static bool root_open(struct acpi *a, uint64_t at, uint32_t signature, uint32_t shift)
{
	const struct acpi_header *h = acpi_table(a, at, signature, sizeof(*h));
	uint64_t entries;

	a->entry = a->end = 0;
	if (!h)
		return false;
	a->entry = (uint64_t)(h + 1);
	entries = (h->length - (uint32_t)sizeof(*h)) >> shift;
	a->end = a->entry + (MIN(entries, ENTRIES_MAX) << shift);
	a->wide = shift == 3;
	return true;
}

/* Switch to ACPI 1.0's root table. */
static bool root_older(struct acpi *a)
{
	const uint64_t at = a->rsdt;

	a->rsdt = 0;
	return root_open(a, at, ACPI_SIGNATURE('R', 'S', 'D', 'T'), 2);
}

bool acpi_open(struct acpi *a, uint64_t rsdp)
{
	const struct acpi_rsdp *r = a->reach(a->cookie, rsdp, RSDP_SIZE_1);
	uint32_t length;

	if (!r || memcmp(r->signature, "RSD PTR ", sizeof(r->signature)) ||
	    !sum_ok(a, r, RSDP_SIZE_1))
		return false;
	a->rsdt = r->rsdt;
	if (r->revision < RSDP_REVISION_2)
		return root_older(a);
	r = a->reach(a->cookie, rsdp, sizeof(*r));
	length = r ? r->length : 0;
	if (length < sizeof(*r) || length > PAGE_SIZE)
		return root_older(a);
	r = a->reach(a->cookie, rsdp, length);
	return (r && sum_ok(a, r, length) &&
		root_open(a, r->xsdt, ACPI_SIGNATURE('X', 'S', 'D', 'T'), 3)) || root_older(a);
}

const void *acpi_find(struct acpi *a, uint32_t signature, uint32_t least)
{
	uint32_t found;
	uint64_t at;

	do {
		while (acpi_next(a, &at, &found)) {
			const void *table = found == signature ?
					    acpi_table(a, at, signature, least) : NULL;

			if (table)
				return table;
		}
	} while (a->rsdt && root_older(a));
	return NULL;
}
