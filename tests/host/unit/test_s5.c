/* SPDX-License-Identifier: MIT */
/* test_s5.c - which of the forms of \_S5 are read, and what they say. */
#include "tests/host/unit/aml_make.h"

/* PkgLength (20.2.4) of 1 to 4 bytes: up to a table's last byte, and not one more. */
static void test_long(void **state)
{
	static const uint32_t lengths[][2] = {		/* bytes, what they say */
		{ 1, 0x3f }, { 2, 0x12 }, { 2, 0xfff }, { 3, 0x13 }, { 3, 0x10cb },
		{ 4, 0x14 }, { 4, 0x101234 },
	};
	const uint32_t head = sizeof(struct acpi_header);

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(lengths); i++) {
		const uint32_t bytes = lengths[i][0], length = lengths[i][1];
		const uint32_t size = head + 6 + length;
		uint8_t *data = calloc(1, size), *p = data + head;
		uint32_t type[2] = { 0 };

		memcpy(p, "\x08_S5_\x12", 6);
		for (uint32_t n = 0, rest = length >> 4; n < bytes; n++)
			if (n) {
				p[6 + n] = (uint8_t)rest;
				rest >>= 8;
			}
		p[6] = (uint8_t)(bytes > 1 ? (bytes - 1) << 6 | (length & 0xf) : length);
		memcpy(p + 6 + bytes, "\x04\x0a\x05\x0a\x06", 5);
		assert_int_equal(s5_find(table(data, size, "DSDT"), type), S5_FOUND);
		assert_int_equal(type[0], 5);
		assert_int_equal(type[1], 6);
		assert_int_equal(s5_find(table(data, size - 1, "DSDT"), type), S5_NEEDS_AML);
		free(data);
		clean();
	}
}

/* Fill the stack, so that a result that was not set is not 0 by chance. */
static __attribute__((noinline)) void stack_fill(void)
{
	volatile uint8_t some[2048];

	for (uint32_t i = 0; i < sizeof(some); i++)
		some[i] = 0xa5;
}

/* Each form of a number, and of what may surround them. */
static void test_forms(void **state)
{
#define ROW(text, a, b)	{ AML(text), S5_FOUND, a, b }
#define NO(text)	{ AML(text), S5_NEEDS_AML, 0, 0 }
	static const struct { struct aml aml; enum s5 found; uint32_t a, b; } t[] = {
		ROW("\x08_S5_\x12\x04\x02\x00\x01", 0, 1),
		ROW("\x08_S5_\x12\x04\x02\x01\x00", 1, 0),
		ROW("\x08_S5_\x12\x03\x01\x01", 1, 0),
		ROW("\x08_S5_\x12\x05\x02\x0a\xff\x01", 0xff, 1),
		ROW("\x08_S5_\x12\x06\x02\x0b\x34\x12\x01", 0x1234, 1),
		ROW("\x08_S5_\x12\x05\x01\x0b\x34\x12", 0x1234, 0x12),
		ROW("\x08_S5_\x12\x08\x02\x0c\x78\x56\x34\x12\x01", 0x12345678, 1),
		ROW("\x08_S5_\x12\x0c\x02\x0e\x78\x56\x34\x12\x99\x99\x99\x99\x01",
		    0x12345678, 1),
		ROW("\x08_S5_\x12\x05\x02\x01\x0a\x07", 1, 7),
		ROW("\x14\x0c_S5_\x08\xa4\x12\x04\x02\x01\x00", 1, 0),	/* serialized */
		NO("\x14\x0c_S5_\x01\xa4\x12\x04\x02\x01\x00"),	/* with arguments */
		NO("\x14\x0c_S5_\x02\xa4\x12\x04\x02\x01\x00"),
		NO("\x14\x0c_S5_\x04\xa4\x12\x04\x02\x01\x00"),
		NO("\x14\x0c_S5_\x00\xa5\x12\x04\x02\x01\x00"),
		NO("\x08_S5_\x13\x04\x02\x01\x00"), NO("\x08_S5_\x12\x04\x00\x01\x00"),
		NO("\x08_S5_\x12\x03\x02\x01\x00"),	/* the second is outside */
		NO("\x08_S5_\x12\x02\x01\x01"), NO("\x08_S5_\x12\x01\x01\x01"),
		NO("\x08_S5_\x12\x04\x02\x02\x00"), NO("\x08_S5_\x12\x04\x02\x00\x02"),
		NO("\x08_S5_\x12\x04\x01\x0b\x01\x01"), NO("\x08_S5_\x12\x03\x01\x0a\x01"),
		{ AML("\x08_S6_\x12\x04\x02\x00\x01"), S5_ABSENT, 0, 0 },
		{ AML("\x07_S5_\x12\x04\x02\x00\x01"), S5_ABSENT, 0, 0 },
		{ AML("\x08\\\\_S5_\x12\x04\x02\x00\x01"), S5_ABSENT, 0, 0 },
		{ AML("\x08_S5"), S5_ABSENT, 0, 0 }, NO("\x08_S5_"),
		NO("\x08_S5_\x12\x40"),
	};

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(t); i++) {
		const struct acpi_header *h = aml_table("DSDT", &t[i].aml, 0);
		uint32_t type[2] = { 0 };
		enum s5 found;

		stack_fill();
		found = s5_find(h, type);
		if (found != t[i].found || type[0] != t[i].a || type[1] != t[i].b)
			fail_msg("case %u: %d %x %x", i, (int)found, type[0], type[1]);
		clean();
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_long), cmocka_unit_test(test_forms),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
