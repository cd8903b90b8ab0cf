/* SPDX-License-Identifier: MIT */
/*
 * test_reference.c - a PC's HPET, PM timer and PIT: which are there, what is read and written of
 * them, also of an HPET that lies about its timers.
 */
#include "tests/host/unit/unit.h"
#include "arch/boot.h"
#include "arch/kernel.h"
#include "arch/x86_64/kernel/reference.c"

#define REGISTERS	0x400		/* bytes, of which none after it may be touched */

static struct {
	struct acpi_header header;
	uint32_t id;
	struct acpi_gas address;
} ACPI_PACKED table = {
	{ .signature = "HPET", .length = sizeof(table) }, .address = { .address = 0xfed00c00 },
};
static uint32_t *registers;

/* The ports: what was written, and what is read. */
static struct {
	uint16_t port;
	uint8_t value;
} written[8];
static uint32_t writes;
static uint16_t read_from;

uint8_t arch_port_in8(uint16_t port)
{
	static uint8_t count;

	if (port == 0x61)
		return 0xfe;
	assert_int_equal(port, 0x42);
	return "\x9a\x34\x12"[count++ % 3];	/* status, low byte, high byte */
}

uint32_t arch_port_in32(uint16_t port)
{
	read_from = port;
	return 0x12345678;
}

void arch_port_out8(uint16_t port, uint8_t value)
{
	assert_true(writes < ARRAY_SIZE(written));
	written[writes].port = port;
	written[writes++].value = value;
}

static void wrote(uint16_t port, uint8_t value)
{
	for (uint32_t i = 0; i < writes; i++)
		if (written[i].port == port && written[i].value == value) {
			written[i].port = 0;
			return;
		}
	fail_msg("0x%x was not written to port 0x%x", value, port);
}

/* The FADT, as bytes: offsets from ACPI 6.5, table 5.9. */
static union {
	uint8_t byte[276];
	struct acpi_header header;
} fadt;
static bool no_table, no_window;

static const struct acpi_header *find(void *cookie, uint32_t signature)
{
	(void)cookie;
	if (no_table)
		return NULL;
	return signature == ACPI_SIGNATURE('H', 'P', 'E', 'T') ? &table.header :
	       signature == ACPI_SIGNATURE('F', 'A', 'C', 'P') ? &fadt.header : NULL;
}

static void *window(void *cookie, uint64_t pa, uint64_t size)
{
	(void)cookie;
	assert_true(pa == table.address.address && size == REGISTERS);
	return no_window ? NULL : registers;
}

static const struct machine m = { .table = find, .window = window };

static void registers_new(uint32_t id)
{
	free(registers);
	registers = exact(REGISTERS);
	memset(registers, 0xff, REGISTERS);
	registers[0] = id;
	hpet = NULL;
	writes = 0;
}

/* ID's field has the highest timer's number: all that lie in the registers lose their interrupt. */
static void test_timers(void **state)
{
	const uint32_t says[] = { 0, 0x200, 0x1700, 0x1800, UINT32_MAX };
	const uint32_t timers[] = { 1, 3, 24, 24, 24 };

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(says); i++) {
		registers_new(says[i]);
		registers[8] = 0;
		reference_quiet(&m);
		for (uint32_t k = 1; k < REGISTERS / 4; k++)
			assert_int_equal(registers[k], k == 4 ? ~2u :	/* no legacy routing */
					 k >= 0x100 / 4 && k % 8 == 0 && (k - 64) / 8 < timers[i] ?
					 ~4u : UINT32_MAX);	/* status: ones clear it */
		assert_int_equal(writes, 1);
		wrote(0x43, 0x30);			/* the PIT's channel 0 stops */
	}
}

/* A table that cannot be believed: nothing is touched, and there is no HPET. */
static void test_none(void **state)
{
	struct reference out;
	bool last;

	(void)state;
	for (uint32_t i = 0; i < 6; i++) {
		registers_new(0);
		registers[1] = 10000000;
		no_table = i == 1;
		table.header.length = sizeof(table) - (i == 2);
		table.address.space = i == 3;
		table.address.address = 0xfed00000 + (i == 4 ? 4 : 0);
		no_window = i == 5;
		reference_quiet(&m);
		assert_int_equal(registers[4], i ? UINT32_MAX : ~2u);
		assert_int_equal(reference_start(&m, 0, &out, &last), !i);
		assert_false(last);
	}
	no_window = false;
}

/* Its rate is what it says, from 10 MHz to 1 GHz. */
static void test_hpet(void **state)
{
	static const struct { uint32_t period; uint64_t hz; } all[] = {
		{ 0, 0 }, { 999999, 0 }, { 1000000, 1000000000 }, { 69841279, 14318179 },
		{ 100000000, 10000000 }, { 100000001, 0 }, { UINT32_MAX, 0 },
	};
	struct reference out;
	bool last;

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(all); i++) {
		registers_new(0);
		registers[1] = all[i].period;
		registers[4] = 2;
		reference_quiet(&m);
		assert_int_equal(reference_start(&m, 0, &out, &last), all[i].hz != 0);
		assert_int_equal(registers[4], all[i].hz != 0);		/* it is on */
		if (!all[i].hz)
			continue;
		assert_true(out.hz == all[i].hz && out.mask == UINT32_MAX);
		assert_string_equal(out.name, "HPET");
		registers[0xf0 / 4] = 4711;
		assert_int_equal(out.read(), 4711);
	}
}

static void test_pm(void **state)
{
	static const struct {
		uint32_t length, port;	/* 0: there is none */
		uint8_t size, space, x, wide;
	} all[] = {
		{ 115, 0, 4, 1, 1, 0 }, { 116, 0x608, 4, 1, 1, 0 }, { 116, 0, 3, 1, 1, 0 },
		{ 219, 0x608, 4, 1, 1, 1 }, { 220, 0xb008, 4, 1, 1, 1 }, { 220, 0x608, 4, 0, 1, 0 },
		{ 220, 0x608, 4, 1, 0, 1 }, { 276, 0xb008, 0, 1, 1, 0 }, { 276, 0, 0, 1, 0, 0 },
	};
	struct reference out;
	bool last;

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(all); i++) {
		memset(&fadt, 0xff, sizeof(fadt));
		memset(fadt.byte + 208, 0, 12);
		fadt.header.length = all[i].length;
		memcpy(fadt.byte + 76, "\x08\x06\0\0", 4);
		fadt.byte[91] = all[i].size;
		fadt.byte[113] = all[i].wide;			/* TMR_VAL_EXT is bit 8 */
		fadt.byte[208] = all[i].space;
		if (all[i].x)
			memcpy(fadt.byte + 212, "\x08\xb0", 2);
		assert_int_equal(reference_start(&m, 1, &out, &last), all[i].port != 0);
		assert_false(last);
		if (!all[i].port)
			continue;
		assert_true(out.hz == 3579545 && out.mask == (all[i].wide ? UINT32_MAX : 0xffffff));
		assert_string_equal(out.name, "PM timer");
		assert_int_equal(out.read(), 0x12345678);
		assert_int_equal(read_from, all[i].port);
	}
	no_table = true;
	assert_false(reference_start(&m, 1, &out, &last));
	no_table = false;
}

/* Channel 2 counts down, from its highest count, with its gate open and the speaker off. */
static void test_pit(void **state)
{
	struct reference out;
	bool last;

	(void)state;
	for (uint32_t i = 2; i <= 4; i++) {		/* three attempts */
		writes = 0;
		assert_true(reference_start(&m, i, &out, &last));
		assert_int_equal(last, i == 4);
	}
	assert_true(out.hz == 1193182 && out.mask == UINT16_MAX && out.over == 1u << 23);
	assert_string_equal(out.name, "PIT");
	assert_int_equal(writes, 4);
	assert_true(written[0].port == 0x61 && written[1].port == 0x43);
	wrote(0x61, 0xfd);
	wrote(0x43, 0xb0);
	wrote(0x42, 0xff);
	wrote(0x42, 0xff);
	writes = 0;
	assert_int_equal(out.read(), 0x9a0000 | (0xffff - 0x1234));
	assert_int_equal(writes, 1);
	wrote(0x43, 0xc8);				/* latched, both */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_timers), cmocka_unit_test(test_none),
		cmocka_unit_test(test_hpet), cmocka_unit_test(test_pm),
		cmocka_unit_test(test_pit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
