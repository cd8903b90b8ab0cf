/* SPDX-License-Identifier: MIT */
/*
 * acpi_make.h - hand-made ACPI tables, each at an odd address and ending where its memory ends,
 * so that the sanitizer notices reads beyond it.
 */
#ifndef ACPI_MAKE_H
#define ACPI_MAKE_H
#include "tests/host/unit/unit.h"
#include "lib/acpi.h"

#define TABLES		300

enum { OLD, NEW };	/* RSDP of ACPI 1.0 (RSDT only), of 2.0 */

static void *block[TABLES];
static uint32_t blocks;
static uint64_t low;		/* if not 0, tables go there: below 4 GiB */

/* A copy of `size` bytes at an odd address. */
static inline void *put(const void *data, size_t size)
{
	uint8_t *p;

	if (low) {
		low += size + 1;
		return memcpy((void *)((low - size) | 1), data, size);
	}
	p = exact(size + 1);
	assert_true(blocks < TABLES);
	block[blocks++] = p;
	return memcpy(p + 1, data, size);
}

static inline void clean(void)
{
	while (blocks)
		free(block[--blocks]);
}

static inline void sum(void *data, size_t size, uint8_t *checksum)
{
	uint8_t total = 0;

	*checksum = 0;
	while (size)
		total = (uint8_t)(total + ((uint8_t *)data)[--size]);
	*checksum = (uint8_t)-total;
}

/* Signature, length and checksum; returns the copy. */
static inline void *table(void *data, uint32_t size, const char *signature)
{
	struct acpi_header *h = data;

	memcpy(h->signature, signature, sizeof(h->signature));
	h->length = size;
	sum(data, size, &h->checksum);
	return put(data, size);
}

/* The root table with these entries, and the RSDP. */
static inline struct acpi_rsdp *rsdp(int kind, void *const *entry, uint32_t count)
{
	uint32_t wide = kind == NEW ? 8 : 4;
	uint8_t *t = calloc(1, sizeof(struct acpi_header) + count * wide);
	struct acpi_rsdp r = { .signature = "RSD PTR ", .revision = kind == NEW ? 2 : 0 };
	uint64_t root;

	for (uint32_t i = 0; i < count; i++)
		memcpy(t + sizeof(struct acpi_header) + i * wide, &entry[i], wide);
	root = (uint64_t)table(t, (uint32_t)sizeof(struct acpi_header) + count * wide,
			       kind == NEW ? "XSDT" : "RSDT");
	free(t);
	if (kind == NEW) {
		r.xsdt = root;
		r.length = sizeof(r);
	} else {
		r.rsdt = (uint32_t)root;
		assert_int_equal(r.rsdt, root);
	}
	sum(&r, 20, &r.checksum);
	if (kind == NEW)
		sum(&r, sizeof(r), &r.checksum2);
	return put(&r, kind == NEW ? sizeof(r) : 20);
}
#endif
