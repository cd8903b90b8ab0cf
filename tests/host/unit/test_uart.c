/* SPDX-License-Identifier: MIT */
/*
 * test_uart.c - each type of serial port against a page of memory as its registers. The numbers
 * are repeated from the manuals; memory does not react, so a status is either ready or not.
 */
#include "tests/host/unit/unit.h"
#include "arch/boot.h"
#include "lib/console/uart.h"

#define MANY	8

static uint8_t page[4096] __attribute__((aligned(4096)));

/* ---- a PC's 16550, or something else at its ports ---- */

#define PORT	0x3f8
#define BUSY	UINT32_MAX		/* for ever */

enum { THR, IER, FCR, LCR, MCR, LSR, MSR, SCR };

static struct {
	uint8_t reg[8], dll, dlm;
	uint8_t keeps;			/* bits of the scratch register that exist */
	uint8_t fixed;			/* how its other bits read */
	uint32_t busy;			/* reads of LSR until it has sent all */
	uint32_t reads, writes;		/* `writes`: but for the scratch register */
} pc;

uint8_t arch_port_in8(uint16_t port)
{
	const uint32_t i = (uint32_t)port - PORT;

	assert_true(i == LSR || i == SCR);
	pc.reads++;
	if (i == SCR)
		return (pc.reg[SCR] & pc.keeps) | (pc.fixed & ~pc.keeps);
	if (pc.busy) {
		pc.busy -= pc.busy != BUSY;
		return pc.reg[LSR] & (uint8_t)~0x40;
	}
	return pc.reg[LSR];
}

void arch_port_out8(uint16_t port, uint8_t value)
{
	const uint32_t i = (uint32_t)port - PORT;

	assert_true(i < 8);
	assert_true(i == SCR || !pc.busy || pc.busy == BUSY);
	pc.writes += i != SCR;
	if (i == THR && pc.reg[LCR] & 0x80)
		pc.dll = value;
	else if (i == IER && pc.reg[LCR] & 0x80)
		pc.dlm = value;
	else
		pc.reg[i] = value;
}

static bool pc_start(uint8_t keeps, uint8_t fixed, uint8_t lsr, uint32_t busy, uint8_t source)
{
	const struct boot_uart u = { PORT, BOOT_UART_16550, 1, 0, 1, source };

	memset(&pc, 0, sizeof(pc));
	memset(pc.reg, 0x1b, sizeof(pc.reg));
	pc.keeps = keeps;
	pc.fixed = fixed;
	pc.reg[LSR] = lsr;
	pc.busy = busy;
	pc.dll = pc.dlm = 0x99;
	return uart_start(&u);
}

static void assert_set(uint32_t divisor)
{
	assert_int_equal(pc.reg[IER], 0);
	assert_int_equal(pc.reg[FCR], 7);
	assert_int_equal(pc.reg[LCR], 3);
	assert_int_equal(pc.reg[MCR], 3);
	assert_int_equal(pc.dlm << 8 | pc.dll, divisor);
	assert_int_equal(pc.reg[THR], 0x1b);		/* nothing was sent */
}

/* A guessed port is set up if it is there; each way in which it is absent; no other access. */
static void test_guess(void **state)
{
	static const struct {
		uint8_t keeps, fixed, lsr;
	} absent[] = {
		{ 0, 0xff, 0xff }, { 0, 0, 0 }, { 0, 0x5a, 0x60 }, { 0, 0xa5, 0x60 },
		{ 0xfe, 0, 0x60 }, { 0xfe, 1, 0x60 }, { 0x7f, 0x80, 0x60 }, { 0x7f, 0, 0x60 },
		{ 0xff, 0, 0xff },
	};

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(absent); i++) {
		if (pc_start(absent[i].keeps, absent[i].fixed, absent[i].lsr, 0,
			     BOOT_UART_FROM_DEFAULT))
			fail_msg("absent port %u is taken", i);
		assert_int_equal(pc.writes, 0);
	}
	assert_true(pc_start(0xff, 0, 0x60, 0, BOOT_UART_FROM_DEFAULT));
	assert_set(1);
	assert_true(pc_start(0xff, 0, 0x60, 7, BOOT_UART_FROM_DEFAULT));
	assert_set(1);
	assert_true(pc_start(0xff, 0, 0x60, BUSY, BOOT_UART_FROM_DEFAULT));
	assert_set(1);
	assert_int_equal(pc.reads, 3 + 100000);	/* as often as uart.c promises */
	assert_true(pc_start(0, 0xff, 0xff, 0, BOOT_UART_FROM_SPCR));	/* no guess */
	assert_int_equal(pc.writes + pc.reads, 0);
	assert_int_equal(pc.reg[SCR], 0x1b);
}

static void test_speed(void **state)
{
	struct boot_uart u = { PORT, BOOT_UART_16550, 1, 0, 1, BOOT_UART_FROM_SPCR };

	(void)state;
	assert_true(pc_start(0xff, 0, 0x60, 3, BOOT_UART_FROM_SPCR));
	uart_speed(&u, 0);
	assert_int_equal(pc.writes + pc.reads, 0);
	uart_speed(&u, 0x1234);
	assert_set(0x1234);
	pc.writes = 0;
	u.type = BOOT_UART_PL011;
	uart_speed(&u, 1);
	assert_int_equal(pc.writes, 0);
}

/* ---- ports in memory ---- */

struct reg {
	uint32_t offset, width, value;
};

static const struct kind {
	const char *name;
	struct boot_uart uart;		/* base: offset in the page */
	struct reg ready[MANY];		/* width 0 ends these */
	struct reg busy[MANY];		/* each alone keeps it from sending */
	struct reg after[MANY];		/* what the registers hold then; the byte is 0xa5 */
} kinds[] = {
#define U(type, shift, width)	{ 0x100, type, 0, shift, width, BOOT_UART_FROM_DTB }
	{ "16550, bytes", U(BOOT_UART_16550, 0, 1), { { 5, 1, 0x60 } }, { { 5, 1, 0x5f } },
	  { { 0, 1, 0xa5 }, { 1, 1, 0 } } },
	{ "16550, words", U(BOOT_UART_16550, 1, 2), { { 10, 2, 0x20 } }, { { 10, 2, 0xffdf } },
	  { { 0, 2, 0xa5 } } },
	{ "16550, Tegra, DesignWare, TI, Pi", U(BOOT_UART_16550, 2, 4), { { 20, 4, 0x20 } },
	  { { 20, 4, 0xffffffdf } }, { { 0, 4, 0xa5 }, { 4, 4, 0 } } },
	{ "16550, bytes in words", U(BOOT_UART_16550, 2, 1), { { 20, 1, 0x20 } },
	  { { 20, 1, 0xdf } }, { { 0, 1, 0xa5 }, { 1, 1, 0 } } },
	{ "16550, far apart", U(BOOT_UART_16550, 4, 4), { { 80, 4, 0x20 } }, { { 80, 4, 0 } },
	  { { 0, 4, 0xa5 } } },
	{ "PL011", U(BOOT_UART_PL011, 0, 4), { { 0x18, 4, ~0x20u } }, { { 0x18, 4, 0x20 } },
	  { { 0, 4, 0xa5 } } },
	{ "PL011, half words", U(BOOT_UART_PL011, 0, 2), { { 0x18, 2, 0x90 } },
	  { { 0x18, 2, 0x20 } }, { { 0, 2, 0xa5 } } },
	{ "Cadence", U(BOOT_UART_CDNS, 0, 4), { { 0x2c, 4, ~0x10u } }, { { 0x2c, 4, 0x10 } },
	  { { 0, 4, 0x10 }, { 0x30, 4, 0xa5 } } },
	{ "Cadence, on", U(BOOT_UART_CDNS, 0, 4), { { 0, 4, 0x114 } }, { { 0x2c, 4, 0x10 } },
	  { { 0, 4, 0x114 }, { 0x30, 4, 0xa5 } } },
	{ "i.MX", U(BOOT_UART_IMX, 0, 4), { { 0xb4, 4, ~0x10u } }, { { 0xb4, 4, 0x10 } },
	  { { 0x40, 4, 0xa5 } } },
	{ "LPUART", U(BOOT_UART_LPUART, 0, 4), { { 0x14, 4, 0x800000 } },
	  { { 0x14, 4, ~0x800000u } }, { { 0x1c, 4, 0xa5 } } },
	{ "Meson", U(BOOT_UART_MESON, 0, 4), { { 0x0c, 4, ~0x200000u } },
	  { { 0x0c, 4, 0x200000 } }, { { 0, 4, 0xa5 } } },
	{ "UART_DM", U(BOOT_UART_MSM, 0, 4), { { 0x08, 4, 0x0c } },
	  { { 0x08, 4, ~0x08u }, { 0x08, 4, ~0x04u } }, { { 0x40, 4, 1 }, { 0x70, 4, 0xa5 } } },
	{ "GENI", { 0, BOOT_UART_GENI, 0, 0, 4, BOOT_UART_FROM_DTB }, { { 0x610, 4, 0x40000001 } },
	  { { 0x610, 4, ~0x40000000u } },
	  { { 0x80c, 4, 2 }, { 0x270, 4, 1 }, { 0x600, 4, 1u << 27 }, { 0x700, 4, 0xa5 },
	    { 0x618, 4, 1 } } },
	{ "Exynos", U(BOOT_UART_EXYNOS, 0, 4), { { 0x10, 4, 0x04 } }, { { 0x10, 4, ~0x04u } },
	  { { 0x20, 4, 0xa5 } } },
	{ "Exynos, bytes", U(BOOT_UART_EXYNOS, 0, 1), { { 0x10, 1, 0x04 } }, { { 0x10, 1, 0xfb } },
	  { { 0x20, 1, 0xa5 } } },
	{ "Armada 37xx", U(BOOT_UART_MVEBU, 0, 4), { { 0x0c, 4, ~0x800u } },
	  { { 0x0c, 4, 0x800 } }, { { 0x04, 4, 0xa5 } } },
	{ "a flag in the upper half", U(BOOT_UART_MVEBU, 0, 2), { { 0x0c, 2, 0xf7ff } },
	  { { 0x0c, 2, 0x800 } }, { { 0x04, 2, 0xa5 } } },
	{ "SCIF", U(BOOT_UART_SCIF, 0, 4), { { 0x10, 2, 0x60 }, { 0x0d, 1, 0x77 } },
	  { { 0x10, 2, 0xffdf } }, { { 0x0c, 1, 0xa5 }, { 0x10, 2, 0xff9f } } },
};

static void set(const struct kind *k, const struct reg *r)
{
	memcpy(page + k->uart.base + r->offset, &r->value, r->width);
}

static bool put(const struct kind *k)
{
	struct boot_uart u = k->uart;

	u.base += (uint64_t)page;
	assert_true(uart_start(&u));
	return uart_put(&u, 0xa5);
}

/* Registers that are words four bytes apart. */
static void test_speed_in_memory(void **state)
{
	const struct boot_uart u = { (uint64_t)page, BOOT_UART_16550, 0, 2, 4, 0 };
	static const uint32_t want[] = { 0x34, 0x12, 7, 3, 3, ~0u, ~0u, ~0u };

	(void)state;
	memset(page, 0xff, sizeof(page));
	uart_speed(&u, 0x1234);
	assert_memory_equal(page, want, sizeof(want));
	assert_true(page[sizeof(want)] == 0xff);
}

/* What is written, and that no other byte of the page is. */
static void test_ready(void **state)
{
	static uint8_t want[sizeof(page)];

	(void)state;
	for (const struct kind *k = kinds; k < kinds + ARRAY_SIZE(kinds); k++) {
		memset(page, 0, sizeof(page));
		for (const struct reg *r = k->ready; r->width; r++)
			set(k, r);
		memcpy(want, page, sizeof(page));
		if (!put(k))
			fail_msg("%s: not ready", k->name);
		for (const struct reg *r = k->after; r->width; r++)
			memcpy(want + k->uart.base + r->offset, &r->value, r->width);
		for (uint32_t i = 0; i < sizeof(page); i++)
			if (page[i] != want[i])
				fail_msg("%s: 0x%x at 0x%x, not 0x%x", k->name, page[i],
					 i - (uint32_t)k->uart.base, want[i]);
	}
}

static void test_busy(void **state)
{
	(void)state;
	for (const struct kind *k = kinds; k < kinds + ARRAY_SIZE(kinds); k++)
		for (const struct reg *busy = k->busy; busy->width; busy++) {
			memset(page, 0, sizeof(page));
			set(k, busy);
			if (put(k))
				fail_msg("%s: ready with 0x%x at 0x%x", k->name, busy->value,
					 busy->offset);
			if (memchr(page, 0xa5, sizeof(page)))
				fail_msg("%s: sent, and not ready", k->name);
		}
}

/* GENI's two flags are cleared one after the other; "done", which may be old, at first, too. */
static void test_geni(void **state)
{
	static const struct kind k = { .uart = U(BOOT_UART_GENI, 0, 4) };
	static const struct reg sent = { 0x610, 4, 0x40000000 };	/* but not done */

	(void)state;
	memset(page, 0, sizeof(page));
	set(&k, &sent);
	assert_false(put(&k));
	assert_int_equal(*(uint32_t *)(page + k.uart.base + 0x618), 0x40000000);
	memset(page, 0, sizeof(page));
	assert_false(put(&k));
	assert_int_equal(*(uint32_t *)(page + k.uart.base + 0x618), 1);
}

/* Every kind has been tested. */
static void test_all(void **state)
{
	uint32_t seen = 0;

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(kinds); i++)
		seen |= 1u << kinds[i].uart.type;
	assert_int_equal(seen, ((1u << BOOT_UART_TYPES) - 2) & ~(1u << BOOT_UART_CALL));
}

/* Which kinds of port are in memory that must be mapped. */
static void test_in_memory(void **state)
{
	struct boot_uart u = { .base = 0x3f8 };

	(void)state;
	for (uint8_t type = 0; type < BOOT_UART_TYPES; type++) {
		u.type = type;
		u.is_port = 0;
		assert_int_equal(uart_in_memory(&u),
				 type != BOOT_UART_NONE && type != BOOT_UART_CALL);
		u.is_port = 1;
		assert_false(uart_in_memory(&u));
	}
}

static void test_refused(void **state)
{
	static const struct boot_uart bad[] = {
		{ 0x100, BOOT_UART_NONE, 0, 0, 4, 0 }, { 0x100, BOOT_UART_TYPES, 0, 0, 4, 0 },
		{ 0, BOOT_UART_CALL, 0, 0, 0, 0 },	/* this CPU's firmware has no such call */
		{ 0x100, 0xff, 0, 0, 4, 0 }, { 0x100, BOOT_UART_PL011, 1, 0, 4, 0 },
		{ 0x102, BOOT_UART_PL011, 0, 0, 4, 0 }, { 0x101, BOOT_UART_16550, 0, 1, 2, 0 },
		{ 0x100, BOOT_UART_16550, 0, 0, 0, 0 },
		/* registers in another page than the first, which is all that is mapped */
		{ 0xffc, BOOT_UART_16550, 0, 0, 1, 0 }, { 0xff0, BOOT_UART_16550, 0, 2, 4, 0 },
		{ 0xfec, BOOT_UART_PL011, 0, 0, 4, 0 }, { 0x800, BOOT_UART_GENI, 0, 0, 4, 0 },
		{ 0xf90, BOOT_UART_MSM, 0, 0, 4, 0 },	/* the last one alone */
		/* registers nowhere */
		{ 0x3f8, BOOT_UART_16550, 1, 64, 1, 0 }, { 0x100, BOOT_UART_16550, 0, 0xff, 1, 0 },
		{ 0x100, BOOT_UART_PL011, 0, 61, 4, 0 }, { 0x3f8, BOOT_UART_16550, 1, 12, 1, 0 },
	};
	static const struct boot_uart good[] = {
		{ 0xffa, BOOT_UART_16550, 0, 0, 1, 0 }, { 0xfe8, BOOT_UART_16550, 0, 2, 4, 0 },
		{ 0xfe4, BOOT_UART_PL011, 0, 0, 4, 0 }, { 0x7f0, BOOT_UART_GENI, 0, 0, 4, 0 },
		{ 0x3f8, BOOT_UART_16550, 1, 0, 1, 0 }, { 0xf8c, BOOT_UART_MSM, 0, 0, 4, 0 },
	};

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(bad); i++)
		if (uart_start(&bad[i]))
			fail_msg("bad port %u is taken", i);
	for (uint32_t i = 0; i < ARRAY_SIZE(good); i++)
		if (!uart_start(&good[i]))
			fail_msg("good port %u is refused", i);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ready), cmocka_unit_test(test_busy),
		cmocka_unit_test(test_geni),
		cmocka_unit_test(test_all), cmocka_unit_test(test_refused),
		cmocka_unit_test(test_in_memory), cmocka_unit_test(test_guess),
		cmocka_unit_test(test_speed), cmocka_unit_test(test_speed_in_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
