/* SPDX-License-Identifier: MIT */
/* test_reference.c - a PC's HPET: what is read and written of one that lies about its timers. */
#include "tests/host/unit/unit.h"
#include "arch/boot.h"
#include "arch/kernel.h"
#include "arch/x86_64/kernel/reference.c"

#define REGISTERS	0x400		/* bytes, of which none behind it may be touched */

static struct {
	struct acpi_header header;
	uint32_t id;
	struct acpi_gas address;
} ACPI_PACKED table = {
	{ .signature = "HPET", .length = sizeof(table) }, .address = { .address = 0xfed00c00 },
};
static uint32_t *registers;

uint8_t arch_port_in8(uint16_t port)
{
	(void)port;
	return 0xff;
}

uint32_t arch_port_in32(uint16_t port)
{
	(void)port;
	return UINT32_MAX;
}

void arch_port_out8(uint16_t port, uint8_t value)
{
	(void)port;
	(void)value;
}

static const struct acpi_header *find(void *cookie, uint32_t signature)
{
	(void)cookie;
	return signature == ACPI_SIGNATURE('H', 'P', 'E', 'T') ? &table.header : NULL;
}

static void *window(void *cookie, uint64_t pa, uint64_t size)
{
	(void)cookie;
	assert_true(pa == table.address.address && size == REGISTERS);
	return registers;
}

/* ID's field has the highest timer's number: all that lie in the registers lose their interrupt. */
static void test_timers(void **state)
{
	const struct machine m = { .table = find, .window = window };
	const uint32_t says[] = { 0, 0x200, 0x1700, 0x1800, UINT32_MAX };
	const uint32_t timers[] = { 1, 3, 24, 24, 24 };

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(says); i++) {
		registers = malloc(REGISTERS);
		assert_non_null(registers);
		memset(registers, 0xff, REGISTERS);
		registers[0] = says[i];
		reference_quiet(&m);
		for (uint32_t k = 0; k < 24; k++)
			assert_int_equal(registers[(0x100 + 0x20 * k) / 4],
					 k < timers[i] ? ~4u : UINT32_MAX);
		free(registers);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_timers) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
