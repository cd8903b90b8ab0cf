/* SPDX-License-Identifier: MIT */
/* test_serial.c - which interrupt a port has, by every table; bytes that arrive with errors. */
#include "tests/host/unit/dtc.h"
#include "arch/irq.h"
#include "kernel/dev/input.h"
#include "kernel/dev/receive.h"
#include "kernel/dev/serial.h"
#include "kernel/irq/irq.h"
#include "lib/acpi.h"

#define SPCR_SIZE	80

static struct acpi_header *spcr;
static struct machine machine;
static struct input_device device;
static uint64_t bytes;

const struct input_device *input_add(const char *name, input_fn *poll, uint32_t irq)
{
	device = (struct input_device){ name, poll, irq, 0 };
	return &device;
}

void input_put(uint8_t byte)
{
	(void)byte;
	assert_true(++bytes < 1 << 20);
}

void input_try(const struct input_device *d, uint64_t ns)
{
	(void)d;
	(void)ns;
}

uint32_t irq_of_gsi(uint32_t gsi, uint32_t how)
{
	(void)how;
	return gsi;
}

uint32_t irq_of_isa(uint32_t isa)
{
	return isa;
}

static const struct acpi_header *table_of(void *cookie, uint32_t signature)
{
	(void)cookie;
	return spcr && signature == ACPI_SIGNATURE('S', 'P', 'C', 'R') ? spcr : NULL;
}

/* Offsets from Microsoft's document. */
static void spcr_make(uint32_t size, uint64_t address, uint8_t kinds, uint8_t irq, uint32_t gsi)
{
	uint8_t whole[SPCR_SIZE] = { 0 };

	memcpy(whole + 4, &size, sizeof(size));
	memcpy(whole + 44, &address, sizeof(address));
	whole[52] = kinds;
	whole[53] = irq;
	memcpy(whole + 54, &gsi, sizeof(gsi));
	free(spcr);
	spcr = exact(size);
	memcpy(spcr, whole, size);
}

static void expect(const struct boot_uart *u, bool isa, uint32_t number, uint32_t how)
{
	struct serial_irq found;

	machine.table = table_of;
	assert_int_equal(serial_find(&machine, u, u->base, &found), number != 0);
	assert_true(found.isa == isa && found.number == number && found.how == how);
}

static void test_spcr(void **state)
{
	const struct boot_uart pl011 = { .base = 0x9000000, .type = BOOT_UART_PL011 };

	(void)state;
	spcr_make(SPCR_SIZE, 0x9000000, 0x08, 0, 33);
	expect(&pl011, false, 33, 0);
	spcr_make(SPCR_SIZE, 0x9000000, 0x02, 4, 33);
	expect(&pl011, false, 33, 0);
	spcr_make(SPCR_SIZE, 0x9000000, 0x01, 4, 33);
	expect(&pl011, true, 4, 0);
	spcr_make(SPCR_SIZE, 0x9000000, 0x03, 4, 0);
	expect(&pl011, true, 4, 0);
	spcr_make(SPCR_SIZE, 0x9000000, 0, 4, 33);
	expect(&pl011, false, 0, 0);
	spcr_make(SPCR_SIZE, 0x9001000, 0x08, 0, 33);	/* another port */
	expect(&pl011, false, 0, 0);
	for (uint32_t size = 52; size <= 58; size++) {	/* too short for it, up to here */
		spcr_make(size, 0x9000000, 0x08, 0, 33);
		expect(&pl011, false, size < 58 ? 0 : 33, 0);
	}
	spcr_make(SPCR_SIZE, 0x9000000, 0x09, 0, 0);	/* kinds, but no number */
	expect(&pl011, false, 0, 0);
	free(spcr);
	spcr = NULL;
}

static void test_custom(void **state)
{
	static const struct { uint16_t port; uint32_t line; } com[] = {
		{ 0x3f8, 4 }, { 0x2f8, 3 }, { 0x3e8, 4 }, { 0x2e8, 3 }, { 0x3f0, 0 },
	};

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(com); i++) {
		struct boot_uart u = { .base = com[i].port, .type = BOOT_UART_16550, .is_port = 1 };

		expect(&u, com[i].line != 0, com[i].line, 0);
		u.is_port = 0;
		expect(&u, false, 0, 0);
	}
}

static void test_tree(void **state)
{
	static const struct { const char *irq; uint32_t number, how; } trees[] = {
		{ "<0 1 4>", 33, ARCH_IRQ_LEVEL }, { "<0 7 1>", 39, ARCH_IRQ_EDGE },
		{ "<1 5 8>", 21, ARCH_IRQ_LEVEL }, { "<0 1 4>, <0 2 4>", 33, ARCH_IRQ_LEVEL },
		{ "<0 1>", 0, 0 }, { "<9>", 0, 0 }, { "<2 1 4>", 0, 0 },
	};
	const struct boot_uart u = { .base = 0x9000000, .type = BOOT_UART_PL011 };

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(trees); i++) {
		char text[512];
		size_t size;

		snprintf(text, sizeof(text), "/ { #address-cells = <1>; #size-cells = <1>;"
			 "a@1000 { reg = <0x1000 0x1000>; interrupts = <0 9 4>; };"
			 "b@9000000 { reg = <0x9000000 0x1000>; interrupts = %s; }; };",
			 trees[i].irq);
		machine.dtb = dtc(text, &size);
		machine.dtb_size = size;
		expect(&u, false, trees[i].number, trees[i].how);
		free((void *)machine.dtb);
	}
	machine.dtb = NULL;
}

/* 16550: LSR says how the byte is that RBR holds. PL011: the byte itself does. */
static void test_errors(void **state)
{
	static const struct {
		uint32_t type, bits;
		enum receive_error kind;
		bool good;
	} c[] = {
		{ BOOT_UART_16550, 0x19, RECEIVE_BREAK, false },
		{ BOOT_UART_16550, 0x09, RECEIVE_FRAMING, false },
		{ BOOT_UART_16550, 0x05, RECEIVE_PARITY, false },
		{ BOOT_UART_16550, 0x03, RECEIVE_OVERRUN, true },
		{ BOOT_UART_16550, 0x61, RECEIVE_ERRORS, true },
		{ BOOT_UART_PL011, 0x500, RECEIVE_BREAK, false },
		{ BOOT_UART_PL011, 0x100, RECEIVE_FRAMING, false },
		{ BOOT_UART_PL011, 0x200, RECEIVE_PARITY, false },
		{ BOOT_UART_PL011, 0x800, RECEIVE_OVERRUN, true },
		{ BOOT_UART_PL011, 0x000, RECEIVE_ERRORS, true },
	};
	static uint32_t page[1024];

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(c); i++) {
		const struct boot_uart u = { .base = (uint64_t)page, .type = c[i].type,
					     .reg_shift = c[i].type == BOOT_UART_16550 ? 2 : 0,
					     .reg_width = 4 };
		const uint32_t many = c[i].good ? 1 : 16;	/* registers do not change here */
		uint32_t before[RECEIVE_ERRORS];

		memset(page, 0, sizeof(page));
		page[0] = 0x41;
		if (c[i].type == BOOT_UART_16550)
			page[5] = c[i].bits;
		else
			page[0] |= c[i].bits;
		memcpy(before, receive_errors, sizeof(before));
		assert_int_equal(receive_byte(&u), c[i].good ? 0x41 : RECEIVE_NONE);
		for (uint32_t k = 0; k < RECEIVE_ERRORS; k++)
			assert_int_equal(receive_errors[k] - before[k], k == c[i].kind ? many : 0);
	}
}

/* Where each kind of port has its byte, and says so; from the manuals. Others do not receive. */
static void test_kinds(void **state)
{
	static const struct {
		uint16_t status, data;
		uint32_t none, some;		/* values of status */
	} kind[BOOT_UART_TYPES] = {
		[BOOT_UART_16550] = { 5 * 4, 0, 0x60, 0x61 },
		[BOOT_UART_PL011] = { 0x18, 0, 0x10, 0 }, [BOOT_UART_CDNS] = { 0x2c, 0x30, 2, 0 },
		[BOOT_UART_IMX] = { 0xb4, 0, 0x20, 0 },
		[BOOT_UART_LPUART] = { 0x14, 0x1c, 0, 1 << 21 },
		[BOOT_UART_MESON] = { 0x0c, 4, 1 << 20, 0 },
		[BOOT_UART_EXYNOS] = { 0x10, 0x24, 0, 1 }, [BOOT_UART_MVEBU] = { 0x0c, 0, 0, 0x10 },
	};
	static uint32_t page[1024];

	(void)state;
	for (uint32_t type = 0; type <= BOOT_UART_TYPES; type++) {
		const struct boot_uart u = { .base = (uint64_t)page, .type = type, .reg_width = 4,
					     .reg_shift = type == BOOT_UART_16550 ? 2 : 0 };
		const bool there = type < BOOT_UART_TYPES && kind[type].status;

		assert_int_equal(receive_possible(&u), there);
		memset(page, 0x41, sizeof(page));
		if (!there) {
			assert_int_equal(receive_byte(&u), RECEIVE_NONE);
			continue;
		}
		memset(page, 0, sizeof(page));
		page[kind[type].data / 4] = 0x42;
		page[kind[type].status / 4] = kind[type].none;
		assert_int_equal(receive_byte(&u), RECEIVE_NONE);
		page[kind[type].status / 4] = kind[type].some;
		assert_int_equal(receive_byte(&u), 0x42);
	}
}

/* Of the kinds of ports, only two are known to interrupt. */
static void test_interrupts(void **state)
{
	static uint32_t page[1024];

	(void)state;
	machine.table = table_of;
	spcr_make(SPCR_SIZE, 0x9000000, 0x08, 0, 33);
	for (uint32_t type = BOOT_UART_16550; type < BOOT_UART_TYPES; type++) {
		const struct boot_uart u = { .base = (uint64_t)page, .type = type, .reg_width = 4,
					     .reg_shift = type == BOOT_UART_16550 ? 2 : 0 };

		if (!receive_possible(&u))
			continue;
		serial_start(&machine, &u, 0x9000000);
		assert_int_equal(device.irq, type == BOOT_UART_16550 || type == BOOT_UART_PL011 ?
				 33 : 0);
	}
	free(spcr);
	spcr = NULL;
}

/* Zeros where a PL011 should be: FR says that the receiver is never empty. */
static void test_endless(void **state)
{
	static uint32_t page[1024];
	const struct boot_uart u = { .base = (uint64_t)page, .type = BOOT_UART_PL011,
				     .reg_width = 4 };

	(void)state;
	serial_start(&machine, &u, 0);
	device.poll();
	assert_in_range(bytes, 1024, 65536);	/* more than a port holds; and it ends */
	bytes = 0;
	assert_int_equal(page[0x44 / 4], 0x7e0);	/* ICR: all but RX, which ends when read */
	page[6] = 0x10;				/* RXFE */
	device.poll();
	assert_int_equal(bytes, 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_spcr),
		cmocka_unit_test(test_custom),
		cmocka_unit_test(test_tree),
		cmocka_unit_test(test_errors), cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_interrupts),
		cmocka_unit_test(test_endless),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
