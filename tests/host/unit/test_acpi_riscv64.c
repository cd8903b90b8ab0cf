/* SPDX-License-Identifier: MIT */
/*
 * test_acpi_riscv64.c - harts, what they can do and the boot hart's interrupt controller in ACPI's
 * RHCT and MADT, written here byte by byte at the offsets of the specification (6.6, 5.2.12.24 to
 * 27, 5.2.37), each table with no byte after it.
 */
#include "tests/host/unit/unit.h"
#undef ARCH_IRQS
#define ARCH_IRQS 1020
#include "arch/riscv64/boot/rhct.c"
#include "arch/riscv64/kernel/irq_limits.c"
#include "arch/riscv64/kernel/irq_madt.c"
#undef ARCH_CALLS
#define ARCH_CALLS 1
#include "stub/uart_find.c"

static uint8_t bytes[1024];
static uint32_t at;

static void set(uint32_t offset, uint64_t value, uint32_t size)
{
	for (uint32_t i = 0; i < size; i++)
		bytes[offset + i] = (uint8_t)(value >> 8 * i);
}

static void begin(uint32_t size)
{
	memset(bytes, 0, sizeof(bytes));
	at = size;
}

/* A copy with no accessible byte after it. */
static struct acpi_header *done(void)
{
	struct acpi_header *t = exact(at);

	set(4, at, 4);
	return memcpy(t, bytes, at);
}

/* ---- RHCT ---- */

#define NODES	48		/* their count; the offset of the first is next */

static uint32_t node(uint16_t type, uint16_t length)
{
	const uint32_t start = at;

	set(at, type, 2);
	set(at + 2, length, 2);
	set(at + 4, 1, 2);
	at += length;
	set(NODES, bytes[NODES] + 1u, 4);
	return start;
}

static void rhct_begin(void)
{
	begin(56);
	set(40, 10000000, 8);
	set(52, 56, 4);
}

static uint32_t isa(const char *text)
{
	const uint32_t size = (uint32_t)strlen(text) + 1, n = node(0, (uint16_t)(8 + size));

	set(n + 6, size, 2);
	memcpy(&bytes[n + 8], text, size);
	return n;
}

static uint32_t hart(uint32_t uid, uint16_t count, const uint32_t *nodes)
{
	const uint32_t n = node(0xffff, (uint16_t)(12 + 4 * count));

	set(n + 6, count, 2);
	set(n + 8, uid, 4);
	for (uint32_t i = 0; i < count; i++)
		set(n + 12 + 4 * i, nodes[i], 4);
	return n;
}

static bool has(void)
{
	struct acpi_header *t = done();
	const bool yes = rhct_harts_have(t, "svpbmt");

	free(t);
	return yes;
}

/* A node of memory-management type, then harts that share a string. */
static bool one(const char *text)
{
	uint32_t n[2];

	rhct_begin();
	n[0] = node(2, 8);
	n[1] = isa(text);
	hart(0, 2, n);
	hart(1, 2, n);
	return has();
}

static void test_extension(void **state)
{
	uint32_t a, b;

	(void)state;
	assert_true(one("rv64imac_svpbmt"));
	assert_true(one("rv64imac_sstc_svpbmt_zba"));
	assert_false(one("rv64imac_svpbmt2"));
	assert_false(one("rv64imac_xsvpbmt"));
	assert_false(one("rv64imac"));
	assert_false(one(""));
	rhct_begin();
	a = isa("rv64imac_svpbmt");
	b = isa("rv64imac");
	hart(0, 1, &b);
	hart(1, 1, &a);				/* not all of them */
	assert_false(has());
	rhct_begin();
	a = isa("rv64imac_svpbmt");
	hart(0, 0, NULL);			/* one that has none */
	hart(1, 1, &a);
	assert_false(has());
	rhct_begin();
	isa("rv64imac_svpbmt");			/* no harts */
	assert_false(has());
	assert_false(rhct_harts_have(NULL, "svpbmt"));
}

/* Each field that may be wrong. The sanitizer sees what is read beyond the table. */
static void test_damage(void **state)
{
	static const struct {
		uint32_t offset, value, size;
	} bad[] = {
		{ 48, 4, 4 }, { 48, UINT32_MAX, 4 },		/* nodes that are not there */
		{ 52, 0, 4 }, { 52, 55, 4 }, { 52, 0xfffffff0, 4 }, { 52, 200, 4 },
		{ 58, 0, 2 }, { 58, 5, 2 }, { 58, 0xffff, 2 },	/* the first one's length */
		{ 82, 11, 2 }, { 82, 60, 2 }, { 82, 200, 2 },			/* a hart's */
		{ 86, 0, 2 },					/* it refers to nothing, */
		{ 92, 0, 4 }, { 92, 48, 4 }, { 92, 80, 4 }, { 92, UINT32_MAX, 4 },
		{ 62, 13, 2 },					/* the string is cut */
	};

	(void)state;
	for (uint32_t i = 0; i <= ARRAY_SIZE(bad); i++) {
		uint32_t n;

		rhct_begin();
		n = isa("rv64i_s_svpbmt");		/* 56 to 79 */
		assert_int_equal(n, 56);
		at = 80;
		set(58, 24, 2);
		hart(0, 1, &n);
		if (i < ARRAY_SIZE(bad))
			set(bad[i].offset, bad[i].value, bad[i].size);
		assert_int_equal(has(), i == ARRAY_SIZE(bad));
	}
}

static void test_frequency(void **state)
{
	struct acpi_header *t;

	(void)state;
	rhct_begin();
	t = done();
	assert_true(rhct_hz(t) == 10000000);
	free(t);
	at = 47;
	t = done();
	assert_true(rhct_hz(t) == 0);
	free(t);
	assert_true(rhct_hz(NULL) == 0);
}

/* ---- MADT ---- */

static struct acpi_header *madt;

static const struct acpi_header *given(void *cookie, uint32_t signature)
{
	assert_ptr_equal(cookie, &at);
	assert_true(!memcmp(&signature, "APIC", 4));
	return madt;
}

static const struct machine machine = { .cookie = &at, .table = given };

static uint32_t entry(uint8_t type, uint8_t length)
{
	const uint32_t start = at;

	set(at, type, 1);
	set(at + 1, length, 1);
	set(at + 2, 1, 1);
	at += length;
	return start;
}

static void rintc(uint64_t id, bool enabled, uint32_t external, uint64_t imsic)
{
	const uint32_t n = entry(0x18, 36);

	set(n + 4, enabled, 4);
	set(n + 8, id, 8);
	set(n + 16, id + 100, 4);
	set(n + 20, external, 4);
	set(n + 24, imsic, 8);
	set(n + 32, imsic ? 0x1000 : 0, 4);
}

static uint32_t plic(uint8_t id)
{
	const uint32_t n = entry(0x1b, 36);

	set(n + 3, id, 1);
	set(n + 12, 95, 2);
	set(n + 14, 7, 2);
	set(n + 20, 0x600000, 4);
	set(n + 24, 0xc000000, 8);
	return n;
}

static uint32_t aplic(uint8_t id, uint16_t idcs)
{
	const uint32_t n = entry(0x1a, 36);

	set(n + 3, id, 1);
	set(n + 16, idcs, 2);
	set(n + 18, 96, 2);
	set(n + 24, 0xd000000, 8);
	set(n + 32, 0x8000, 4);
	return n;
}

static uint32_t imsic(uint8_t guests, uint8_t harts, uint8_t groups)
{
	const uint32_t n = entry(0x19, 16);

	set(n + 8, 255, 2);
	set(n + 10, 255, 2);
	set(n + 12, guests, 1);
	set(n + 13, harts, 1);
	set(n + 14, groups, 1);
	set(n + 15, 24, 1);
	return n;
}

static struct irq_devices found;

static const char *find(uint64_t id)
{
	const char *why;

	madt = done();
	why = irq_madt(&machine, id, &found);
	free(madt);
	return why;
}

static void test_harts(void **state)
{
	(void)state;
	madt = NULL;
	assert_string_equal(irq_madt(&machine, 0, &found),
			    "neither a device tree nor the MADT says what interrupts the "
			    "boot hart");
}

/* Two PLICs: each hart is the second's, at the context that its entry says. */
static uint32_t plics(void)
{
	uint32_t n;

	begin(44);
	rintc(4, false, 1 << 24 | 9, 0);
	rintc(5, true, 1 << 24 | 3, 0);
	plic(0);
	n = plic(1);
	set(n + 24, 0x1c000000, 8);
	return n;
}

static void test_plic(void **state)
{
	static const struct {
		uint32_t offset, value, size;
	} bad[] = { { 12, 0, 2 }, { 12, 1024, 2 }, { 20, 0x203fff, 4 }, { 24, 0, 4 },
		    { 24, 0x1c000004, 4 }, { 32, 1, 4 } };

	(void)state;
	plics();
	assert_null(find(5));
	assert_true(!found.aplic && found.place == 3 && found.sources == 95 && !found.ids);
	assert_true(found.range.base == 0x1c000000 && found.range.size == 0x204000);
	plics();
	assert_non_null(strstr(find(4), "interrupts the boot hart"));
	for (uint32_t place = 15871; place <= 15872; place++) {		/* the last that is one */
		set(plics() + 20, 0x5000000, 4);
		set(44 + 36 + 20, 1 << 24 | place, 4);
		assert_true(find(5) == (place < 15872 ? NULL : unusable));
	}
	set(plics() + 3, 2, 1);
	assert_string_equal(find(5), "the MADT names no PLIC or APLIC for the boot hart");
	for (uint32_t i = 0; i < ARRAY_SIZE(bad); i++) {
		set(plics() + bad[i].offset, bad[i].value, bad[i].size);
		assert_string_equal(find(5), unusable);
	}
}

static void test_aplic(void **state)
{
	(void)state;
	begin(44);
	rintc(0, true, 2, 0);
	aplic(0, 3);
	assert_null(find(0));
	assert_true(found.aplic && found.place == 2 && found.sources == 96 && !found.ids);
	assert_true(found.range.base == 0xd000000 && found.range.size == 0x4060);
	begin(44);
	rintc(0, true, 3, 0);			/* it has only three */
	aplic(0, 3);
	assert_string_equal(find(0), unusable);
	for (uint32_t i = 0; i < 2; i++) {	/* an IMSIC of the machine or of the hart alone */
		begin(44);
		rintc(0, true, 2, i ? 0x28000000 : 0);
		if (!i)
			imsic(0, 2, 0);
		aplic(0, 3);
		assert_null(find(0));
		assert_true(found.place == 2 && !found.ids);
	}
	for (uint32_t place = 0x3fff; place <= 0x4000; place++) {
		begin(44);
		rintc(0, true, place, 0);
		set(aplic(0, 0xffff) + 32, 0x100000, 4);
		assert_true(find(0) == (place < 0x4000 ? NULL : unusable));
	}
}

/* The second hart of the second group, with one guest for each. */
static uint32_t msi(void)
{
	uint32_t n;

	begin(44);
	rintc(9, true, 0, 0x29002000);
	n = imsic(1, 2, 1);
	aplic(0, 0);
	return n;
}

static void test_imsic(void **state)
{
	static const struct {
		uint32_t offset, value, size;
	} bad[] = { { 8, 64, 2 }, { 8, 0, 2 }, { 8, 2111, 2 }, { 12, 7, 1 }, { 13, 14, 1 },
		    { 14, 8, 1 }, { 15, 23, 1 }, { 15, 56, 1 } };

	(void)state;
	msi();
	assert_null(find(9));
	assert_true(found.aplic && found.place == 5 && found.ids == 255 && found.sources == 96);
	assert_int_equal(found.range.size, 0x4000);
	for (uint32_t i = 0; i < ARRAY_SIZE(bad); i++) {
		set(msi() + bad[i].offset, bad[i].value, bad[i].size);
		assert_string_equal(find(9), unusable);
	}
}

/* ---- SPCR ---- */

static void test_console(void **state)
{
	const struct acpi_gas nowhere = { 0 }, somewhere = { .address = 0x5000 };
	struct boot_uart out;

	(void)state;
	assert_true(port_fill(0x15, &nowhere, BOOT_UART_FROM_SPCR, &out));
	assert_true(out.type == BOOT_UART_CALL && out.source == BOOT_UART_FROM_SPCR && !out.base);
	assert_true(port_fill(0x15, &somewhere, BOOT_UART_FROM_SPCR, &out) && !out.base);
	assert_false(port_fill(0x14, &somewhere, BOOT_UART_FROM_SPCR, &out));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_extension), cmocka_unit_test(test_damage),
		cmocka_unit_test(test_frequency), cmocka_unit_test(test_harts),
		cmocka_unit_test(test_plic), cmocka_unit_test(test_aplic),
		cmocka_unit_test(test_imsic), cmocka_unit_test(test_console),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
