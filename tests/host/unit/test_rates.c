/* SPDX-License-Identifier: MIT */
/*
 * test_rates.c - how fast the TSC and the generic timer count: measured by counters that go, that
 * stand still or whose rate is a lie; said by firmware, or not. It always comes to an end.
 */
#include "tests/host/unit/dtc.h"
#define msr_write	msr_write_real
#include "arch/x86_64/kernel/apic.h"
#include "arch/aarch64/boot/sysreg.h"
#undef msr_write
#undef sysreg_read
#undef sysreg_write
#define msr_write(number, value)	((void)(number), (void)(value))
#define sysreg_read(name)		reg.name
#define sysreg_write(name, value)	((void)(reg.name = (value)))
#define __asm__
#define volatile(...)	asked(#__VA_ARGS__, &lo, &hi, &v)

static struct {
	uint64_t cntfrq_el0, cntv_ctl_el0, cntv_cval_el0, cnthp_ctl_el2, cnthp_cval_el2;
	uint64_t cntp_ctl_el0;
} reg;
static uint32_t lo, hi;			/* where an instruction's results go, if to no local */
static uint64_t v;

static void asked(const char *text, uint32_t *low, uint32_t *high, uint64_t *value);
uint32_t cpu_level(void);

#include "arch/x86_64/kernel/timer.c"
#undef HZ_MIN
#undef HZ_MAX
#define arch_timer_start	generic_timer_start
#define arch_timer_cpu_start	generic_timer_cpu_start
#define arch_timer_count	generic_timer_count
#define arch_timer_at		generic_timer_at
#define arch_timer_off		generic_timer_off
#include "arch/aarch64/kernel/timer.c"
#undef arch_timer_start

#define TURN		10		/* ns that reading a counter takes */
#define TSC_HZ		2500000000ull
#define APIC_HZ		1000000000ull
#define REFS		3

struct gic gic;

/* A PC's counters: HPET, PM timer, PIT. */
static struct {
	uint64_t ns;
	bool tsc_stands, apic_stands;
	struct {
		bool absent, stands;
		uint64_t hz, says;	/* says: 0 if the truth */
		uint32_t mask;
	} ref[REFS];
	uint32_t base_mhz, hv_khz, crystal_hz, features, now, reads, apic_writes;
} pc;

static void asked(const char *text, uint32_t *low, uint32_t *high, uint64_t *value)
{
	uint64_t count;

	if (!strstr(text, "rdtsc"))
		return;
	pc.reads++;
	pc.ns += TURN;
	count = pc.tsc_stands ? 5 : pc.ns * (TSC_HZ / 1000000) / 1000;
	*low = (uint32_t)count;
	*high = (uint32_t)(count >> 32);
	*value = count;
}

static uint32_t ref_read(void)
{
	pc.ns += TURN;
	if (pc.ref[pc.now].stands)
		return 7;
	return (uint32_t)(pc.ns * pc.ref[pc.now].hz / NS_PER_S) & pc.ref[pc.now].mask;
}

bool reference_start(const struct machine *m, uint32_t i, struct reference *out, bool *last)
{
	static const char *const name[] = { "HPET", "PM timer", "PIT" };
	const uint64_t hz = pc.ref[i].says ? pc.ref[i].says : pc.ref[i].hz;

	(void)m;
	pc.now = i;
	*last = i == REFS - 1;
	*out = (struct reference){ name[i], hz, pc.ref[i].mask, ref_read };
	return !pc.ref[i].absent;
}

void reference_quiet(const struct machine *m)
{
	(void)m;
}

struct cpu_id cpu_id(uint32_t leaf, uint32_t subleaf)
{
	assert_int_equal(subleaf, 0);
	switch (leaf) {
	case 1: return (struct cpu_id){ .c = pc.features };
	case CPUID_CRYSTAL: return (struct cpu_id){ pc.crystal_hz ? 1 : 0, 100,
						    pc.crystal_hz, 0 };
	case CPUID_BASE: return (struct cpu_id){ .a = pc.base_mhz };
	case CPUID_HV_TIMING: return (struct cpu_id){ .a = pc.hv_khz };
	default: return (struct cpu_id){ .d = CPUID_POWER_INVARIANT };
	}
}

uint32_t apic_read(uint32_t offset)
{
	assert_int_equal(offset, APIC_COUNT_NOW);
	pc.ns += TURN;
	return pc.apic_stands ? 9 : UINT32_MAX - (uint32_t)(pc.ns * (APIC_HZ / 1000000) / 1000);
}

void apic_write(uint32_t offset, uint32_t value)
{
	(void)offset, (void)value;
	pc.apic_writes++;
}

static void machine(void)
{
	static const uint64_t hz[] = { 14318180, 3579545, 1193182 };
	static const uint32_t mask[] = { UINT32_MAX, 0xffffff, 0xffff };

	memset(&pc, 0, sizeof(pc));
	for (uint32_t i = 0; i < REFS; i++) {
		pc.ref[i].hz = hz[i];
		pc.ref[i].mask = mask[i];
	}
}

static void measured(const char *by)
{
	struct arch_timer out;

	assert_null(arch_timer_start(NULL, true, &out));
	assert_string_equal(out.by, by);
	assert_in_range(out.hz, TSC_HZ - TSC_HZ / 200, TSC_HZ + TSC_HZ / 200);
	assert_int_equal(out.irq, VECTOR_TIMER);
}

static void test_measured(void **state)
{
	static const char *const by[] = { "HPET", "PM timer", "PIT" };
	struct arch_timer out;

	(void)state;
	for (uint32_t stands = 0; stands < 2; stands++) {
		machine();
		for (uint32_t i = 0; i < REFS; i++) {
			measured(by[i]);
			if (stands)
				pc.ref[i].stands = true;
			else
				pc.ref[i].absent = true;
		}
		pc.base_mhz = 2500;
		pc.features = CPUID_1_DEADLINE;
		measured("CPUID");
	}
	machine();
	pc.ref[0].says = 100;			/* the TSC would count 17,500 times as fast */
	pc.ref[0].hz = 1000000000;
	measured("PM timer");
	machine();
	pc.ns = 600 * NS_PER_S;			/* all three have counted for long */
	measured("HPET");
	machine();
	pc.crystal_hz = 25000000;
	measured("CPUID");
	assert_true(pc.apic_writes);
	for (uint32_t said = 0; said < 2; said++) {		/* without an APIC */
		machine();
		pc.crystal_hz = said ? 25000000 : 0;
		assert_null(arch_timer_start(NULL, false, &out));
		assert_true(!out.irq && !pc.apic_writes);
	}
	machine();
	pc.features = CPUID_1_HYPERVISOR;
	pc.hv_khz = 2500000;
	measured("hypervisor");
	assert_true(pc.reads < 200000);
}

/* Nothing goes. */
static void test_stands(void **state)
{
	struct arch_timer out;

	(void)state;
	for (uint32_t tsc = 0; tsc < 2; tsc++) {
		machine();
		pc.tsc_stands = tsc;
		for (uint32_t i = 0; i < REFS; i++)
			pc.ref[i].stands = true;
		assert_string_equal(arch_timer_start(NULL, true, &out),
				    "nothing to calibrate the TSC with");
		assert_true(pc.reads < 4u * REFS * MEASURE_TURNS_MAX);
	}
	machine();
	pc.tsc_stands = true;			/* by all three it is far too slow */
	assert_string_equal(arch_timer_start(NULL, false, &out),
			    "nothing to calibrate the TSC with");
	machine();
	pc.apic_stands = true;
	assert_null(arch_timer_start(NULL, true, &out));
	assert_int_equal(out.irq, 0);
	machine();
	pc.crystal_hz = 25000000;		/* it says so, and is not asked further */
	pc.apic_stands = pc.tsc_stands = true;
	assert_null(arch_timer_start(NULL, true, &out));
	assert_int_equal(out.irq, 0);
	assert_true(pc.reads < 4u * MEASURE_TURNS_MAX);
}

/* ---- the generic timer ---- */

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
		{ 62500000, true }, { 100000000000, true }, { 100000000001, false },
		{ UINT64_MAX, false },
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

/* What a tree says of it, if CNTFRQ_EL0 says 50 MHz. */
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
		gic.cells = 1;			/* no GIC's */
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

/* Only a CPU's own interrupt that no CPU sends is one. */
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_measured), cmocka_unit_test(test_stands),
		cmocka_unit_test(test_generic), cmocka_unit_test(test_tree),
		cmocka_unit_test(test_gtdt),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
