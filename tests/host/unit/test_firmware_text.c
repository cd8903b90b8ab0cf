/* SPDX-License-Identifier: MIT */
/*
 * test_firmware_text.c - how SMBIOS is printed: the values, and that nothing in it makes the code
 * read beyond it (the sanitizer looks) or go on for ever.
 */
#include "tests/host/unit/said.h"
#include "kernel/firmware/fields.h"
#include "kernel/firmware/smbios.h"

static const uint8_t *point, *structures;	/* entry point, table: exact() */
static uint32_t point_size, structures_size;

static const void *reach(void *cookie, uint64_t at, uint64_t size)
{
	(void)cookie;
	if (at == 1)
		return size <= point_size ? point : NULL;
	return at == 0x20f4 && size <= structures_size ? structures : NULL;
}

static void *copy(const void *data, uint32_t size)
{
	return memcpy(exact(size), data, size);
}

static void sum_set(uint8_t *p, uint32_t size, uint8_t *sum)
{
	*sum = 0;
	for (uint32_t i = 0; i < size; i++)
		*sum = (uint8_t)(*sum - (i == (uint32_t)(sum - p) ? 0 : p[i]));
}

/* An entry point of version 2 or 3 for `size` bytes at 0x20f4; exact. */
static void *point_new(uint32_t version, uint32_t size, uint32_t count)
{
	uint8_t p[0x1f] = { 0 };

	if (version == 3) {
		memcpy(p, "_SM3_\0\x18\3\6", 9);
		memcpy(p + 0x0c, &size, 4);
		memcpy(p + 0x10, "\xf4\x20", 2);
		sum_set(p, 0x18, p + 5);
		return copy(p, point_size = 0x18);
	}
	memcpy(p, "_SM_\0\x1f\2\x8", 8);
	memcpy(p + 0x10, "_DMI_", 5);
	memcpy(p + 0x16, &size, 2);
	memcpy(p + 0x18, "\xf4\x20", 2);
	memcpy(p + 0x1c, &count, 2);
	p[0x1e] = 0x28;			/* the version in BCD */
	sum_set(p + 0x10, 15, p + 0x15);
	sum_set(p, 0x1f, p + 4);
	return copy(p, point_size = sizeof(p));
}

static const uint8_t sample[] =
	"\1\x1b\0\1" "\1\2\0\3" "\x33\x22\x11\0\x55\x44\x77\x66\x88\x99\xaa\xbb\xcc\xdd\xee\xff"
	"\6\0\4" "maker\0a \"thing\"\n\0serial\0family\0\0"		/* system, four strings */
	"\x11\x0e\0\2" "\1\2\3\4\5\6\7\x8\0\x84" "\0\0"			/* 1 MiB */
	"\x80\4\7\0" "\0\0"
	"\x7f\4\xff\xfe" "\0";

static void open_sample(struct smbios *s, uint32_t version, uint32_t count)
{
	point = point_new(version, sizeof(sample), count);
	structures_size = sizeof(sample);
	structures = copy(sample, sizeof(sample));
	assert_true(smbios_open(s, 1, reach, NULL));
}

static void close_sample(void)
{
	free((void *)point);
	free((void *)structures);
}

static void test_smbios(void **state)
{
	struct smbios_structure structure;
	struct smbios s;

	(void)state;
	for (uint32_t version = 2; version <= 3; version++) {
		open_sample(&s, version, 4);
		assert_int_equal(s.major, version);
		assert_int_equal(s.minor, version == 2 ? 8 : 6);
		assert_int_equal(s.wide, version == 3);
		said_clear();
		while (smbios_next(&s, &structure))
			smbios_print(&structure);
		assert_false(s.broken);
		assert_string_equal(said,
			"0x0100 system manufacturer=\"maker\" product=\"a \"thing\"?\" "
			"serial=\"serial\" uuid=00112233-4455-6677-8899-aabbccddeeff"
			"\n    family=\"family\"\n"
			"0x0200 memory array=0x201 width=1541 data=2055 size=1024K\n"
			"0x0007 type 128, 4 bytes\n"
			"0xfeff type 127, 4 bytes\n");
		close_sample();
	}
	open_sample(&s, 2, 2);			/* the third is not counted */
	assert_true(smbios_next(&s, &structure) && smbios_next(&s, &structure));
	assert_false(smbios_next(&s, &structure) || s.broken);
	close_sample();
}

/* The text of one structure of `length` bytes; its strings end with an empty one. */
static char *structure_said(const void *data, uint8_t length, const char *strings, uint32_t size)
{
	const struct smbios_structure s = {
		.data = data, .type = *(const uint8_t *)data, .length = length,
		.strings = strings, .strings_size = size,
	};

	said_clear();
	smbios_print(&s);
	return said;
}

static void test_smbios_memory(void **state)
{
	uint8_t p[0x20] = { 17, sizeof(p), [0x0c] = 0x23, 1, 9, [0x1c] = 0x78, 0x56, 0x34, 0x12 };

	(void)state;
	assert_non_null(strstr(structure_said(p, sizeof(p), "", 1), " size=291M\n"));
	memcpy(p + 0x0c, "\xff\x7f", 2);
	assert_non_null(strstr(structure_said(p, sizeof(p), "", 1), " size=305419896M\n"));
	assert_non_null(strstr(structure_said(p, sizeof(p) - 1, "", 1), " size=32767M\n"));
	memcpy(p + 0x0c, "\1\x80", 2);
	assert_non_null(strstr(structure_said(p, sizeof(p), "", 1), " size=1K\n"));
	memcpy(p + 0x0c, "\xff\xff", 2);
	assert_null(strstr(structure_said(p, sizeof(p), "", 1), " size="));
	assert_null(strstr(structure_said(p, 0x0d, "", 1), " size="));
}

/* Whether `field` of a system begins a line if the strings have these lengths. */
static bool begins(const char *field, uint32_t maker, uint32_t product, uint32_t version)
{
	static const uint8_t p[8] = { 1, 8, 0, 0, 1, 2, 3, 4 };
	char strings[200];
	int n = sprintf(strings, "%0*d%c%0*d%c%0*d%cz%c", maker, 0, 0, product, 0, 0, version, 0, 0,
			0);
	const char *at = strstr(structure_said(p, sizeof(p), strings, (uint32_t)n), field);

	assert_non_null(at);
	return !strncmp(at - 5, "\n    ", 5);
}

/* Printable letters, and not too many; a field that would begin after column 90 gets a new line. */
static void test_smbios_text(void **state)
{
	static const uint8_t p[5] = { 1, 5, 0, 0, 1 };
	char strings[70];
	const char *number = "1209;";

	(void)state;
	assert_non_null(strstr(structure_said(p, sizeof(p), " ~\x7f\x1f", 5), "=\" ~\?\?\"\n"));
	memset(strings, 'a', sizeof(strings));
	strings[sizeof(strings) - 1] = 0;
	structure_said(p, sizeof(p), strings, sizeof(strings));
	assert_int_equal(strspn(strchr(said, '"') + 1, "a"), 64);
	assert_false(begins("product", 61, 1, 1));
	assert_true(begins("product", 62, 1, 1));
	assert_false(begins("serial", 62, 33, 32));
	assert_true(begins("serial", 62, 33, 33));
	assert_int_equal(fields_decimal(&number), 1209);
	assert_int_equal(*number, ';');
}

/* Each bit of an entry point counts: with one wrong it is refused. */
static void test_smbios_point(void **state)
{
	struct smbios s;

	(void)state;
	structures = sample;
	structures_size = sizeof(sample);
	for (uint32_t version = 2; version <= 3; version++)
		for (uint32_t bit = 0; bit < 8 * (version == 2 ? 0x1fu : 0x18u); bit++) {
			uint8_t *p = point_new(version, sizeof(sample), 4);

			p[bit / 8] ^= (uint8_t)(1 << bit % 8);
			point = p;
			assert_false(smbios_open(&s, 1, reach, NULL));
			free(p);
		}
	point_size = 0;
	assert_false(smbios_open(&s, 1, reach, NULL));
}

/* The signatures and the length count, too, if the checksums are right. */
static void test_smbios_names(void **state)
{
	static const struct { uint8_t at, value, summed; bool good; } t[] = {
		{ 0, '_', 0x1f, true }, { 0, '-', 0x1f, false }, { 3, '-', 0x1f, false },
		{ 0x10, '-', 0x1f, false }, { 0x14, '-', 0x1f, false },
		{ 5, 0x1e, 0x1e, true },	/* a known error of firmware */
		{ 5, 0x1d, 0x1e, true }, { 5, 0, 0x1e, true }, { 5, 0x1d, 0x1d, false },
		{ 5, 0x20, 0x1f, false },
	};

	(void)state;
	structures = sample;
	structures_size = sizeof(sample);
	for (uint32_t i = 0; i < ARRAY_SIZE(t); i++) {
		struct smbios s = { .address = 0x20f4 };
		uint8_t *p = point_new(2, sizeof(sample), 0x104);

		p[t[i].at] = t[i].value;
		sum_set(p + 0x10, 15, p + 0x15);
		sum_set(p, t[i].summed, p + 4);
		point = p;
		if (smbios_open(&s, 1, reach, NULL) != t[i].good)
			fail_msg("case %u", i);
		free(p);
	}
}

/* Cut at every byte; then any byte changed at random. */
static void test_smbios_damage(void **state)
{
	struct smbios_structure structure;
	uint64_t seed = 5;

	(void)state;
	for (uint32_t turn = 0; turn < 20000; turn++) {
		uint32_t size = turn < sizeof(sample) ? turn : sizeof(sample), n = 0;
		struct smbios s = { .size = size, .count = UINT32_MAX };
		uint8_t *p = copy(sample, size);

		for (uint32_t i = 0; i < 3 && size && turn >= sizeof(sample); i++)
			p[rnd_below(&seed, size)] = (uint8_t)rnd(&seed);
		s.table = p;
		said_clear();
		while (smbios_next(&s, &structure) && ++n < 100)
			smbios_print(&structure);
		assert_true(n < 100);
		if (turn < sizeof(sample) - 1)
			assert_true(s.broken || s.at == size);
		free(p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_smbios),
		cmocka_unit_test(test_smbios_memory),
		cmocka_unit_test(test_smbios_text),
		cmocka_unit_test(test_smbios_names),
		cmocka_unit_test(test_smbios_point),
		cmocka_unit_test(test_smbios_damage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
