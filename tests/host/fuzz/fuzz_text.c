/* SPDX-License-Identifier: MIT */
/*
 * fuzz_text.c - the code that prints firmware's tables (kernel/firmware/).
 *
 * Input: a byte that says which: an ACPI table, whose length is made right; a table of SMBIOS;
 * SMBIOS's entry point, followed by its table; a device tree. Then its bytes.
 */
#include "tests/host/fuzz/fuzz.h"
#include "kernel/firmware/acpi_text.h"
#include "kernel/firmware/fdt_text.h"
#include "kernel/firmware/smbios.h"
#include "lib/console/console.h"

#define ENTRY	32		/* bytes for an entry point */

static uint64_t printed;

void console_write(const char *text, size_t size)
{
	for (size_t i = 0; i < size; i++)
		CHECK(text[i] == '\n' || text[i] == '\t' || (text[i] >= ' ' && text[i] < 0x7f));
	printed += size;
}

void console_print(const char *fmt, ...)
{
	(void)fmt;
	printed++;
}

static const void *reach(void *cookie, uint64_t at, uint64_t size)
{
	(void)cookie;
	return world_has(at, size) ? (const void *)at : NULL;
}

static void acpi(struct feed *f)
{
	const uint32_t size = (uint32_t)MAX(f->left, sizeof(struct acpi_header));
	struct acpi_header *h = world_put(WORLD + 1, size, f);
	struct acpi_text t;
	uint32_t parts = 0;

	h->length = size;
	if (!acpi_text_start(&t, h))
		return;
	while (acpi_text_next(&t))
		CHECK(++parts <= size);
}

static void smbios(struct smbios *s)
{
	struct smbios_structure structure;
	uint32_t n = 0;

	while (smbios_next(s, &structure)) {
		CHECK(structure.length >= 4 && ++n <= s->size);
		smbios_print(&structure);
	}
	CHECK(s->at <= s->size);
}

static bool stopped(void)
{
	return false;
}

static void tree(struct feed *feed)
{
	const size_t size = feed->left;
	struct fdt_node n = { 0 };
	struct fdt f;

	if (fdt_open(&f, world_put(WORLD, size, feed), size) != OK)
		return;
	fdt_text_reserved(&f);
	if (!fdt_find(&f, "/", 1, &n))
		return;
	CHECK(fdt_text_node(&f, &n, stopped));
	CHECK(!n.depth && n.broken <= f.size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct feed f = { data, size };
	struct smbios s = { .count = UINT32_MAX };
	const uint64_t which = feed_number(&f, 1) % 4;

	world_clear();
	printed = 0;
	if (!which) {
		acpi(&f);
	} else if (which == 3) {
		tree(&f);
	} else if (which == 1 && f.left) {
		s.size = (uint32_t)f.left;
		s.table = world_put(WORLD, f.left, &f);
		smbios(&s);
	} else if (which == 2) {
		uint8_t *entry = world_put(WORLD, ENTRY, &f);

		world_put(WORLD + ENTRY, f.left, &f);
		if (entry[3] == '3')		/* make its address and its sum right */
			memcpy(entry + 16, &(uint64_t){ WORLD + ENTRY }, 8);
		else
			memcpy(entry + 24, &(uint32_t){ WORLD + ENTRY }, 4);
		sum_fix(entry + 16, 15, entry + 21);
		sum_fix(entry, entry[3] == '3' ? 24 : 31, entry + (entry[3] == '3' ? 5 : 4));
		if (smbios_open(&s, WORLD, reach, NULL))
			smbios(&s);
	}
	CHECK(printed <= 200 * size + 10000);
	return 0;
}
