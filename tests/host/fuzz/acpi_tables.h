/* SPDX-License-Identifier: MIT */
/*
 * acpi_tables.h - makes ACPI tables from the input: the RSDP in slot 0, the others after it, each
 * with exactly as many bytes as its own `length` says. A slot has 64 KiB.
 *
 * Input: flags (bit 0: make checksums right), RSDP, then for each table two bytes of size
 * and its bytes.
 */
#ifndef ACPI_TABLES_H
#define ACPI_TABLES_H
#include "tests/host/fuzz/fuzz.h"
#include "lib/acpi.h"

#define SLOTS		16
#define SLOT		0x10000ull
#define RSDP_OLD	20
#define TOO_LONG	(8 * MIB)	/* longer tables are not read */

static uint64_t slot_at(uint32_t i)
{
	return WORLD + i * SLOT + (i & 1);	/* every other one at an odd address */
}

static void table_put(uint32_t slot, struct feed *f, bool sum)
{
	static uint8_t bytes[SLOT];
	const size_t size = feed_number(f, 2) % (SLOT - 1);
	struct acpi_header *h = (void *)bytes;
	uint32_t length;

	feed_bytes(f, bytes, size);
	memset(bytes + size, 0, sizeof(bytes) - size);
	if (h->length <= TOO_LONG)		/* a table that may be read has its memory */
		h->length %= SLOT - 1;
	length = h->length < 8 || h->length > TOO_LONG ? 8 : h->length;
	if (sum && h->length >= sizeof(*h) && length == h->length)
		sum_fix(bytes, length, &h->checksum);
	world_copy(slot_at(slot), bytes, MAX(length, sizeof(*h)));
}

static struct acpi_rsdp *tables_put(struct feed *f)
{
	const bool sum = feed_number(f, 1) & 1;
	struct acpi_rsdp *r = (void *)slot_at(0);

	world_clear();
	world_put((uint64_t)r, sizeof(*r), f);
	if (sum) {
		sum_fix(r, RSDP_OLD, &r->checksum);
		sum_fix(r, sizeof(*r), &r->checksum2);
	}
	if (r->revision >= 2 && r->length > sizeof(*r) && r->length <= PAGE_SIZE)
		world_put((uint64_t)(r + 1), r->length - sizeof(*r), f);
	for (uint32_t slot = 1; slot < SLOTS; slot++)
		table_put(slot, f, sum);
	return r;
}
#endif
