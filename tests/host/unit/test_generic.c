/* SPDX-License-Identifier: MIT */
/*
 * test_generic.c - aarch64's generic timer: its rate and its interrupt, by its register, device
 * trees and ACPI; which registers are written at which exception level.
 */
#include "tests/host/unit/dtc.h"
#include "arch/aarch64/boot/sysreg.h"
#undef sysreg_read
#undef sysreg_write
#define sysreg_read(name)		reg.name
#define sysreg_write(name, value)	((void)(reg.name = (value)))
#define __asm__
#define volatile(...)	asked(#__VA_ARGS__, &v)

static struct {
	uint64_t cntfrq_el0, cntv_ctl_el0, cntv_cval_el0, cnthp_ctl_el2, cnthp_cval_el2;
	uint64_t cntp_ctl_el0, midr_el1;
} reg;
static uint64_t v;			/* where an instruction's result goes, if to no local */

static void asked(const char *text, uint64_t *value);
uint32_t cpu_level(void);

#define arch_timer_start	generic_timer_start
#define arch_timer_cpu_start	generic_timer_cpu_start
#define arch_timer_count	generic_timer_count
#define arch_timer_at		generic_timer_at
#define arch_timer_off		generic_timer_off
#include "arch/aarch64/kernel/counter.c"
#include "arch/aarch64/kernel/timer.c"

struct gic gic;

static uint32_t reads;

static void asked(const char *text, uint64_t *value)
{
	reads++;
	if (strstr(text, "cntvct"))
		*value = 1111;
	else if (strstr(text, "cntpct"))
		*value = 2222;
}

static uint32_t level = 1;

uint32_t cpu_level(void)
{
	return level;
}

static const struct acpi_header *no_table(void *cookie, uint32_t signature)
{
	(void)cookie, (void)signature;
	return NULL;
}

static void test_generic(void **state)
{
	static const struct {
		uint64_t hz;
		bool good;
	} all[] = {
		{ 0, false }, { 1, false }, { 99999, false }, { 100000, true },
		{ 62500000, true }, { 4000000000, true }, { 4000000001, false },
		{ UINT32_MAX, false }, { UINT64_MAX, false },
	};
	const struct machine m = { .table = no_table };

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(all); i++) {
		struct arch_timer out;
		const char *why;

		reg.cntfrq_el0 = all[i].hz;
		why = generic_timer_start(&m, true, &out);
		assert_int_equal(!why, all[i].good);
		if (why)
			assert_string_equal(why, "CNTFRQ_EL0 is not set");
		else
			assert_true(out.hz == all[i].hz && out.irq == PPI_EL1_VIRTUAL);
	}
}

#define NODE(more)		"/ { timer { compatible = \"arm,armv8-timer\"; " more " }; };"
#define WIRED(cells)		NODE("interrupts = <1 0 4 1 1 4 " cells ">; ")
#define COUNTS(hz)		NODE("clock-frequency = <" #hz ">; ")

/* The timer's node in a tree, if CNTFRQ_EL0 says 50 MHz. */
static void test_tree(void **state)
{
	static const struct {
		const char *dts;
		uint32_t irq[2];	/* at EL1 and at EL2 */
		uint64_t hz;
	} all[] = {
		{ "/ { other { clock-frequency = <1000000>; }; };", { 27, 26 }, 50000000 },
		{ NODE(""), { 27, 26 }, 50000000 },
		{ COUNTS(50000000), { 27, 26 }, 50000000 },
		{ COUNTS(24000000), { 27, 26 }, 24000000 },
		{ COUNTS(99999), { 27, 26 }, 50000000 },		/* no counter does that */
		{ COUNTS(100000), { 27, 26 }, 100000 },
		{ COUNTS(4000000000), { 27, 26 }, 4000000000 },
		{ COUNTS(4000000001), { 27, 26 }, 50000000 },
		{ WIRED("1 2 4 1 3 4"), { 18, 19 }, 50000000 },
		{ WIRED("1 15 4 1 16 4"), { 31, 26 }, 50000000 },	/* PPIs have 16 numbers */
		{ WIRED("0 2 4 1 3 4"), { 27, 19 }, 50000000 },		/* not a PPI */
		{ WIRED("1 2 4 1 3"), { 18, 19 }, 50000000 },
		{ WIRED("1 2 4 1"), { 18, 26 }, 50000000 },
		{ WIRED("1"), { 27, 26 }, 50000000 },
	};

	(void)state;
	reg.cntfrq_el0 = 50000000;
	for (uint32_t i = 0; i < 2 * ARRAY_SIZE(all); i++) {
		const uint64_t hz = all[i / 2].hz;
		struct machine m = { .table = no_table };
		struct arch_timer out;
		void *blob = dtc(all[i / 2].dts, &m.dtb_size);

		m.dtb = blob;
		gic.cells = 3;
		level = 1 + i % 2;
		assert_null(generic_timer_start(&m, true, &out));
		assert_int_equal(out.irq, all[i / 2].irq[i % 2]);
		assert_int_equal(out.hz, hz);
		assert_string_equal(out.by, hz == 50000000 ? "CNTFRQ_EL0" : "device tree");
		assert_int_equal(!!out.doubt, hz != 50000000);
		gic.cells = 1;			/* not a GIC's */
		assert_null(generic_timer_start(&m, true, &out));
		assert_int_equal(out.irq, level == 2 ? PPI_EL2_PHYSICAL : PPI_EL1_VIRTUAL);
		assert_null(generic_timer_start(&m, false, &out));
		assert_int_equal(out.irq, 0);
		free(blob);
	}
	level = 1;
}

static struct acpi_gtdt gtdt;

static const struct acpi_header *gtdt_of(void *cookie, uint32_t signature)
{
	assert_true(!cookie && signature == GTDT_SIGNATURE);
	return &gtdt.header;
}

/* The timer's interrupt must be a CPU's own, and not one that CPUs send. */
static void test_gtdt(void **state)
{
	const struct machine m = { .table = gtdt_of };
	struct arch_timer out;

	(void)state;
	reg.cntfrq_el0 = 50000000;
	for (uint32_t i = 0; i < 40; i++) {
		const bool good = i >= 16 && i < 32;

		gtdt = (struct acpi_gtdt){ .header.length = sizeof(gtdt),
					   .el1_virtual = i, .el2 = 47 - i };
		level = 1;
		assert_null(generic_timer_start(&m, true, &out));
		assert_int_equal(out.irq, good ? i : PPI_EL1_VIRTUAL);
		level = 2;
		assert_null(generic_timer_start(&m, true, &out));
		assert_int_equal(out.irq, good ? 47 - i : PPI_EL2_PHYSICAL);
		gtdt.header.length--;
		assert_null(generic_timer_start(&m, true, &out));
		assert_int_equal(out.irq, PPI_EL2_PHYSICAL);
	}
	level = 1;
}

/* Cells may be two: kind and number, without flags. */
static void test_two_cells(void **state)
{
	struct machine m = { .table = no_table };
	void *blob = dtc(NODE("interrupts = <1 0 1 1 1 2 1 3>;"), &m.dtb_size);
	struct arch_timer out;

	(void)state;
	m.dtb = blob;
	reg.cntfrq_el0 = 50000000;
	gic.cells = 2;
	for (level = 1; level <= 2; level++) {
		assert_null(generic_timer_start(&m, true, &out));
		assert_int_equal(out.irq, level == 2 ? 19 : 18);
	}
	free(blob);
	level = 1;
}

/* How a counter is read: twice if the CPU or the tree says that it may be wrong. */
static void test_errata(void **state)
{
	static const struct {
		const char *dts;
		uint64_t boot, other;		/* MIDR_EL1 of the boot CPU and of another */
		bool said, twice;
	} all[] = {
		{ NODE(""), 0x410fd034, 0x410fd034, false, false },
		{ NODE(""), 0x410fd034, 0x410fd091, false, true },
		{ NODE(""), 0x410fd091, 0x410fd034, true, true },
		{ NODE("fsl,erratum-a008585; "), 0, 0, true, true },
		{ NODE("hisilicon,erratum-161010101; "), 0, 0, true, true },
		{ NODE("allwinner,erratum-unknown1; "), 0, 0, true, true },
		{ "/ { other { fsl,erratum-a008585; }; };", 0, 0, false, false },
	};

	(void)state;
	for (uint32_t i = 0; i < 2 * ARRAY_SIZE(all); i++) {
		struct machine m = { .table = no_table };
		struct arch_timer out;
		void *blob = dtc(all[i / 2].dts, &m.dtb_size);

		m.dtb = blob;
		level = 1 + i % 2;
		reg.cntfrq_el0 = 50000000;
		reg.midr_el1 = all[i / 2].boot;
		assert_null(generic_timer_start(&m, true, &out));
		assert_int_equal(!!out.doubt, all[i / 2].said);
		generic_timer_cpu_start();
		reg.midr_el1 = all[i / 2].other;
		generic_timer_cpu_start();
		reads = 0;
		assert_int_equal(generic_timer_count(), level == 2 ? 2222 : 1111);
		assert_int_equal(reads, 1 + all[i / 2].twice);
		free(blob);
	}
	level = 1;
	reg.midr_el1 = 0;
}

/* Each level uses its own timer; the others are switched off. */
static void test_registers(void **state)
{
	const struct machine m = { .table = no_table };
	struct arch_timer out;

	(void)state;
	for (level = 1; level <= 2; level++) {
		const bool two = level == 2;

		memset(&reg, 3, sizeof(reg));
		reg.cntfrq_el0 = 50000000;
		assert_null(generic_timer_start(&m, true, &out));
		assert_string_equal(out.name, "generic timer");
		generic_timer_cpu_start();
		assert_int_equal(reg.cntv_ctl_el0, 0);
		assert_int_equal(!reg.cnthp_ctl_el2, two);
		assert_int_equal(!reg.cntp_ctl_el0, two);
		memset(&reg, 3, sizeof(reg));
		generic_timer_at(4711);
		assert_int_equal(reg.cntv_cval_el0 == 4711 && reg.cntv_ctl_el0 == 1, !two);
		assert_int_equal(reg.cnthp_cval_el2 == 4711 && reg.cnthp_ctl_el2 == 1, two);
		generic_timer_off();
		assert_int_equal(!reg.cntv_ctl_el0, !two);
		assert_int_equal(!reg.cnthp_ctl_el2, two);
		assert_int_equal(generic_timer_count(), two ? 2222 : 1111);
	}
	level = 1;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_generic), cmocka_unit_test(test_tree),
		cmocka_unit_test(test_gtdt), cmocka_unit_test(test_errata),
		cmocka_unit_test(test_two_cells), cmocka_unit_test(test_registers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
