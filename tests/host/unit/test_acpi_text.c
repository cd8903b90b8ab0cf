/* SPDX-License-Identifier: MIT */
/*
 * test_acpi_text.c - how ACPI's tables are printed: the values, and that nothing in a table makes
 * the code read beyond it (the sanitizer looks) or go on for ever. tests/cases/test_tables_shown.py
 * compares with iasl, which in Debian 12 knows no RISC-V.
 */
#include "tests/host/unit/said.h"
#include "kernel/firmware/acpi_text.h"

static void table_print(const uint8_t *bytes, uint32_t size)
{
	struct acpi_text t;
	uint32_t n = 0;

	said_clear();
	if (acpi_text_start(&t, (const void *)bytes))
		while (acpi_text_next(&t))
			assert_true(++n <= size);
}

struct put {
	uint8_t at, bytes;
	uint64_t value;
};

static const struct {
	char signature[5];
	uint32_t size;
	struct put put[24];
	const char *text;
} acpi_tables[] = {
	{ "MCFG", 60, { { 44, 8, 0xfedcba9876543210 }, { 52, 2, 0x1234 }, { 54, 1, 2 },
			{ 55, 1, 0xff } },
	  "0x024 ecam\n"
	  "0x02c space base=0xfedcba9876543210 segment=0x1234 first=0x2 last=0xff\n" },
	{ "APIC", 71, { { 36, 4, 0xfee00000 }, { 40, 4, 1 },
			{ 44, 2, 0x0800 }, { 46, 1, 5 }, { 47, 1, 6 }, { 48, 4, 1 },
			{ 52, 2, 0x067f }, { 58, 2, 0x020a }, { 60, 2, 0x0904 } },
	  "0x024 interrupts lapic=0xfee00000 flags=0x1\n"
	  "0x02c lapic uid=0x5 id=0x6 flags=0x1\n"
	  "0x034 type 0x7f, 6 bytes\n"
	  "0x03a x2apic-nmi\n"
	  "0x03c lapic-nmi uid=0x0 flags=0x0 lint=0x0\n"
	  "0x045 error: a structure of 0 bytes exceeds the table\n" },
	{ "GTDT", 156, { { 36, 8, 0x10203040 }, { 48, 4, 29 }, { 88, 4, 2 }, { 92, 4, 96 },
			 { 96, 1, 0 }, { 97, 2, 60 }, { 100, 8, 0x2a810000 }, { 108, 4, 2 },
			 { 112, 4, 20 }, { 116, 1, 7 }, { 120, 8, 0x2a830000 },
			 { 136, 4, 92 }, { 152, 4, 3 } },
	  "0x024 timers control=0x10203040 secure-el1=0x1d flags=0x0 el1=0x0"
	  " flags=0x0 virtual=0x0 flags=0x0\n"
	  "    el2=0x0 flags=0x0 read=0x0 parts=0x2 offset=0x60\n"
	  "0x060 block base=0x2a810000 timers=0x2 offset=0x14\n"
	  "0x074 timer frame=0x7 base=0x2a830000 el0=0x0 gsi=0x5c flags=0x0"
	  " virtual=0x0 flags=0x0 common=0x3\n"
	  "0x09c error: outside its structure\n" },
	{ "DBG2", 84, { { 36, 4, 44 }, { 40, 4, 1 }, { 45, 2, 40 }, { 47, 1, 1 }, { 48, 2, 5 },
			{ 50, 2, 34 }, { 56, 2, 0x8000 }, { 58, 2, 3 }, { 62, 2, 22 },
			{ 64, 2, 35 }, { 66, 4, 0x03002000 }, { 70, 8, 0x9000000 },
			{ 78, 4, 0x4d4f43 } },
	  "0x024 debug offset=0x2c count=0x1\n"
	  "0x02c port addresses=0x1 name-length=0x5 name=0x22 oem-length=0x0 oem=0x0"
	  " type=0x8000 subtype=0x3\n"
	  "    registers=0x16 sizes=0x23\n"
	  "0x042 at registers=0:0x9000000/32+0/3\n"
	  "0x04e name COM?\n" },
	{ "APIC", 160, { { 40, 4, 0 },
			 { 44, 2, 0x2418 }, { 46, 1, 1 }, { 48, 4, 1 }, { 52, 8, 0x100000002 },
			 { 60, 4, 3 }, { 64, 4, 0x04000005 }, { 68, 8, 0x28006000 },
			 { 76, 4, 0x1000 }, { 80, 2, 0x1019 }, { 82, 1, 1 },
			 { 88, 4, 0x3f00ff }, { 92, 4, 0x18010203 },
			 { 96, 2, 0x241a }, { 98, 2, 0x0201 }, { 104, 8, 7 }, { 112, 4, 0x600000 },
			 { 116, 4, 0x80 }, { 120, 8, 0xd000000 }, { 128, 4, 0x8000 },
			 { 132, 2, 0x1c1b }, { 134, 2, 0x0401 } },
	  "0x024 interrupts lapic=0x0 flags=0x0\n"
	  "0x02c rintc version=0x1 flags=0x1 hart=0x100000002 uid=0x3 external=0x4000005"
	  " imsic=0x28006000\n"
	  "    size=0x1000\n"
	  "0x050 imsic version=0x1 flags=0x0 ids=0xff guest-ids=0x3f guest-bits=0x3 hart-bits=0x2"
	  " group-bits=0x1\n"
	  "    group-shift=0x18\n"
	  "0x060 aplic version=0x1 id=0x2 flags=0x0 hardware=0x7 idcs=0x0 sources=0x60 gsi=0x80"
	  " base=0xd000000\n"
	  "    size=0x8000\n"
	  "0x084 plic version=0x1 id=0x4 hardware=0x0 sources=0x0 priorities=0x0 flags=0x0"
	  " size=0x0\n" },
	{ "APIC", 80, { { 44, 2, 0x241b }, { 46, 2, 0x0401 }, { 48, 8, 0x8877665544332211 },
			{ 56, 2, 0x5f }, { 58, 2, 7 }, { 60, 4, 1 }, { 64, 4, 0x600000 },
			{ 68, 8, 0xc000000 }, { 76, 4, 2 } },
	  "0x024 interrupts lapic=0x0 flags=0x0\n"
	  "0x02c plic version=0x1 id=0x4 hardware=0x8877665544332211 sources=0x5f priorities=0x7"
	  " flags=0x1\n"
	  "    size=0x600000 base=0xc000000 gsi=0x2\n" },
	{ "SRAT", 68, { { 48, 2, 0x1407 }, { 52, 4, 1 }, { 56, 4, 2 }, { 60, 4, 3 }, { 64, 4, 4 } },
	  "0x024 affinity\n"
	  "0x030 rintc domain=0x1 uid=0x2 flags=0x3 clock=0x4\n" },
	{ "RHCT", 130, { { 36, 4, 1 }, { 40, 8, 10000000 }, { 48, 4, 5 }, { 52, 4, 56 },
			 { 58, 2, 18 }, { 60, 2, 1 }, { 62, 2, 10 }, { 64, 8, 0x66616d6934367672 },
			 { 72, 2, 0x0a },
			 { 74, 4, 0x000a0001 }, { 78, 2, 1 }, { 80, 4, 0x06050400 },
			 { 84, 4, 0x00080002 }, { 88, 2, 1 }, { 90, 2, 0x0200 },
			 { 92, 4, 0x0014ffff }, { 96, 4, 0x00030001 }, { 100, 4, 9 },
			 { 104, 4, 0x38 }, { 108, 4, 0x4a }, { 112, 4, 0x00120005 } },
	  "0x024 harts flags=0x1 hz=10000000 nodes=0x5 offset=0x38\n"
	  "0x038 isa revision=0x1 length=0xa\n"
	  "0x040 name rv64imaf?\n"
	  "0x04a cmo revision=0x1 cbom=0x4 cbop=0x5 cboz=0x6\n"
	  "0x054 mmu revision=0x1 type=0x2\n"
	  "0x05c hart revision=0x1 offsets=0x3 uid=0x9\n"
	  "0x068 node offset=0x38\n"
	  "0x06c node offset=0x4a\n"
	  "0x070 error: outside its structure\n"
	  "0x070 type 0x5, 18 bytes\n" },
	{ "RHCT", 68, { { 48, 4, 2 }, { 52, 4, 56 }, { 58, 2, 12 }, { 62, 2, 5 },
			{ 64, 4, 0x34367672 } },
	  "0x024 harts flags=0x0 hz=0 nodes=0x2 offset=0x38\n"
	  "0x038 isa revision=0x0 length=0x5\n"
	  "0x040 error: outside its structure\n" },
	{ "RHCT", 70, { { 48, 4, 2 }, { 52, 4, 56 }, { 56, 4, 0x8ffff }, { 62, 2, 1 },
			{ 64, 4, 0x60000 } },
	  "0x024 harts flags=0x0 hz=0 nodes=0x2 offset=0x38\n"
	  "0x038 hart revision=0x0 offsets=0x1\n"
	  "0x044 error: outside its structure\n"
	  "0x040 isa revision=0x0\n" },
	{ "RHCT", 64, { { 48, 4, 1 }, { 52, 4, 56 }, { 58, 2, 8 }, { 60, 2, 1 }, { 62, 2, 1 } },
	  "0x024 harts flags=0x0 hz=0 nodes=0x1 offset=0x38\n"
	  "0x038 isa revision=0x1 length=0x1\n"
	  "0x040 error: outside its structure\n" },
	{ "HPET", 56, { { 36, 4, 0x8086a201 }, { 40, 4, 0x00010840 }, { 44, 8, 0xfed00000 },
			{ 52, 1, 1 }, { 53, 2, 0x80 }, { 55, 1, 9 } },
	  "0x024 hpet id=0x8086a201 registers=40:0xfed00000/8+1/0 number=0x1"
	  " least=0x80 flags=0x9\n" },
	{ "XXXX", 60, { { 0, 0, 0 } }, "" },
};

/* Whole, and cut at every byte, where only the sanitizer looks. */
static void test_acpi(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(acpi_tables); i++)
		for (uint32_t size = acpi_tables[i].size; size >= 36; size--) {
			uint8_t p[256] = { 0 }, *t;

			memcpy(p, acpi_tables[i].signature, 4);
			memcpy(p + 4, &size, 4);
			for (const struct put *w = acpi_tables[i].put; w->bytes; w++)
				memcpy(p + w->at, &w->value, w->bytes);
			t = memcpy(exact(size), p, size);
			table_print(t, size);
			if (size == acpi_tables[i].size)
				assert_string_equal(said, acpi_tables[i].text);
			free(t);
		}
}

static void test_acpi_noise(void **state)
{
	static const char kinds[][5] = { "APIC", "GTDT", "FACP", "MCFG", "SRAT", "HPET", "SPCR",
					 "DBG2", "BGRT", "FPDT", "RHCT" };
	uint64_t seed = 3;

	(void)state;
	for (uint32_t turn = 0; turn < 40000; turn++) {
		const uint32_t size = 36 + rnd_below(&seed, 280), limit = 1 + rnd_below(&seed, 255);
		uint8_t *p = exact(size);

		for (uint32_t i = 0; i < size; i++)
			p[i] = rnd_below(&seed, 3) ? 0 : (uint8_t)rnd_below(&seed, limit);
		memcpy(p, kinds[turn % ARRAY_SIZE(kinds)], 4);
		memcpy(p + 4, &size, 4);
		if (turn % 3 && size >= 96)	/* an offset that leads on */
			p[turn % ARRAY_SIZE(kinds) == 1 ? 92 : 36] =
				(uint8_t)rnd_below(&seed, 120);
		table_print(p, size);
		free(p);
	}
}

/* The text of a table with these bytes, all others 0, in memory of its exact size. */
static const char *said_of(const char *signature, uint32_t size, const struct put *put)
{
	uint8_t p[256] = { 0 }, *t;

	memcpy(p, signature, 4);
	memcpy(p + 4, &size, 4);
	for (; put->bytes; put++)
		memcpy(p + put->at, &put->value, put->bytes);
	t = memcpy(exact(size), p, size);
	table_print(t, size);
	free(t);
	return said;
}

/* Tables and their parts with just enough bytes, or one byte less. */
static void test_acpi_edges(void **state)
{
	static const struct put none[] = { { 0, 0, 0 } };
	static const struct put gtdt[] = { { 88, 4, 1 }, { 92, 4, 96 }, { 97, 2, 20 },
					   { 108, 4, 1 }, { 112, 4, 20 }, { 0, 0, 0 } };
	static const struct put fpdt[] = { { 38, 1, 16 }, { 44, 8, 0x1122 }, { 0, 0, 0 } };
	static const struct put dbg2[] = { { 36, 4, 44 }, { 40, 4, 1 }, { 45, 2, 22 }, { 47, 1, 1 },
					   { 62, 2, 22 }, { 0, 0, 0 } };

	(void)state;
	for (uint32_t size = 36; size <= 91; size++) {
		assert_int_equal(*said_of("GTDT", size, gtdt) != 0, size > 36);
		assert_null(strstr(said, "\n0x"));
	}
	for (uint32_t size = 92; size <= 95; size++)
		assert_non_null(strstr(said_of("GTDT", size, gtdt), "\n0x000 "));
	assert_null(strstr(said_of("GTDT", 96, gtdt), "\n0x"));
	assert_non_null(strstr(said_of("GTDT", 116, gtdt), "\n0x060 block"));
	assert_non_null(strstr(said, "\n0x074 error: outside its structure\n"));
	assert_string_equal(said_of("FPDT", 52, fpdt), "0x024 boot record=0x1122\n");
	assert_non_null(strstr(said_of("DBG2", 66, dbg2), "\n0x042 error: outside its"));
	assert_non_null(strstr(said_of("APIC", 45, none), "error: a structure of 0 bytes"));
}

/* Each part is one call, also one that is wrong; after that there is none. */
static void test_acpi_calls(void **state)
{
	static const uint8_t mcfg[60 + 7] = { 'M', 'C', 'F', 'G', sizeof(mcfg) };
	const uint8_t *p = memcpy(exact(sizeof(mcfg)), mcfg, sizeof(mcfg));
	struct acpi_text t;

	(void)state;
	assert_true(acpi_text_start(&t, (const void *)p));
	assert_true(acpi_text_next(&t));
	said_clear();
	assert_true(acpi_text_next(&t));
	assert_string_equal(said, "0x03c error: a structure of 16 bytes exceeds the table\n");
	assert_false(acpi_text_next(&t) || acpi_text_next(&t));
	free((void *)p);
}

/* Of parts that a table counts as many are printed as it says, not all that lie in it. */
static void test_acpi_count(void **state)
{
	static const struct {
		char signature[5];
		uint32_t size;
		struct put put[6];		/* the number of parts, their offset, two sizes */
	} two[] = {
		{ "GTDT", 136, { { 88, 4, 0 }, { 92, 4, 96 }, { 97, 2, 20 }, { 117, 2, 20 } } },
		{ "RHCT", 72, { { 48, 4, 0 }, { 52, 4, 56 }, { 58, 2, 8 }, { 66, 2, 8 } } },
		{ "DBG2", 88, { { 40, 4, 0 }, { 36, 4, 44 }, { 45, 2, 22 }, { 67, 2, 22 } } },
	};

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(two); i++)
		for (uint32_t count = 0; count <= 3; count++) {
			struct put put[6];
			uint32_t seen = 0;

			memcpy(put, two[i].put, sizeof(put));
			put[0].value = count;
			for (const char *p = said_of(two[i].signature, two[i].size, put);
			     (p = strstr(p, "\n0x")); p++)
				seen++;
			assert_int_equal(seen, MIN(count, 2));
			assert_null(strstr(said, "error"));
		}
}

/* A field gets a new line only if it would begin after column 90. */
static void check_columns(void)
{
	for (const char *line = said, *end; *line; line = end + 1) {
		const char *last = end = strchr(line, '\n');

		while (last > line && *last != ' ')
			last--;
		assert_true(last - line <= 90);
		assert_true(strncmp(end, "\n    ", 5) || end - line > 90);
	}
}

static void test_columns(void **state)
{
	uint8_t p[44 + 80] = "APIC";
	uint64_t seed = 12;

	(void)state;
	((struct acpi_header *)p)->length = sizeof(p);
	for (uint32_t turn = 0; turn < 2000; turn++) {
		for (uint32_t i = 44; i < sizeof(p); i++)
			p[i] = rnd_below(&seed, 3) ? 0 : (uint8_t)rnd(&seed);
		p[44] = 0x0b;
		p[45] = 80;
		table_print(p, sizeof(p));
		assert_non_null(strstr(said, "gicc interface="));
		check_columns();
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_acpi),
		cmocka_unit_test(test_acpi_noise), cmocka_unit_test(test_columns),
		cmocka_unit_test(test_acpi_edges), cmocka_unit_test(test_acpi_calls),
		cmocka_unit_test(test_acpi_count),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
