/* SPDX-License-Identifier: MIT */
/*
 * acpi_tables.h - ACPI's tables out of the input: the RSDP in slot 0, the others behind it,
 * each with exactly as many bytes as its own `length` says. One slot is 64 KiB.
 *
 * Input: flags (bit 0: make checksums right), RSDP, then for each table two bytes of size
 * and its bytes.
 */
#ifndef ACPI_TABLES_H
#define ACPI_TABLES_H
#include "tests/fuzz/fuzz.h"
#include "include/acpi.h"

#define SLOTS		16
#define SLOT		0x10000ull
#define RSDP_OLD	20

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
	length = h->length < 8 || h->length >= SLOT - 1 ? 8 : h->length;
	if (sum && h->length >= sizeof(*h) && length == h->length)
		sum_fix(bytes, length, &h->checksum);
	world_copy(slot_at(slot), bytes, MAX(length, sizeof(*h)));
}

static struct acpi_rsdp *tables_put(struct feed *f)
{
	const bool sum = feed_number(f, 1) & 1;
	struct acpi_rsdp r, *at = (void *)slot_at(0);

	world_clear();
	feed_bytes(f, &r, sizeof(r));
	if (sum) {
		sum_fix(&r, RSDP_OLD, &r.checksum);
		sum_fix(&r, sizeof(r), &r.checksum2);
	}
	world_copy((uint64_t)at, &r, r.revision < 2 ? RSDP_OLD : MAX(sizeof(r), MIN(r.length, 256)));
	for (uint32_t slot = 1; slot < SLOTS; slot++)
		table_put(slot, f, sum);
	return at;
}
#endif
