/* SPDX-License-Identifier: MIT */
/*
 * test_rates.c - the rates of the TSC and the APIC's timer: measured by counters that run, that
 * stand still or whose rate is a lie; told by the CPU, or not. Every measurement ends.
 */
#include "tests/host/unit/unit.h"
#define msr_write	msr_write_real
#include "arch/x86_64/kernel/apic.h"
#undef msr_write
#define msr_write(number, value)	((void)(msr[0] = (number), msr[1] = (value)))
#define __asm__
#define volatile(...)	asked(#__VA_ARGS__, &lo, &hi)

static uint32_t lo, hi;			/* where an instruction's results go, if to no local */
static uint64_t msr[2];			/* the last one written, and its value */

static void asked(const char *text, uint32_t *low, uint32_t *high);

#include "arch/x86_64/kernel/timer.c"

#define TSC_HZ		2500000000ull
#define APIC_HZ		1000000000ull
#define REFS		3
#define PIT_TRIES	3		/* the last one is started so often */
#define OVER		BIT(23)

/* A PC's counters: HPET, PM timer, PIT. */
static struct {
	uint64_t ns, turn;		/* turn: what reading a counter takes, in ns */
	bool tsc_stands, apic_stands, varies;
	struct {
		bool absent, stands;
		uint64_t hz, says;	/* says: 0 if the truth */
		uint32_t step;		/* it advances when it is read, not with time */
		uint32_t mask;
	} ref[REFS];
	uint32_t base_mhz, hv_khz, xen_khz, crystal_hz, features, now, reads, ref_reads, quiet;
	uint32_t late;			/* bits: these samples of the TSC take 1 ms longer */
	uint64_t started, stop_ns;	/* when the reference was; how long the CPU is stopped */
	uint32_t starts, stop_at, stops;	/* at this read after a start, so often */
	struct {
		uint32_t offset, value;
	} apic[8];
	uint32_t apic_writes;
} pc;

static void asked(const char *text, uint32_t *low, uint32_t *high)
{
	uint64_t count;

	if (!strstr(text, "rdtsc"))
		return;
	if (pc.reads < 20 && pc.reads % 2 && pc.late >> pc.reads / 2 & 1)
		pc.ns += 1000000;
	pc.reads++;
	pc.ns += pc.turn;
	count = pc.tsc_stands ? 5 : pc.ns * (TSC_HZ / 1000000) / 1000;
	*low = (uint32_t)count;
	*high = (uint32_t)(count >> 32);
}

static uint32_t ref_read(void)
{
	const bool pit = pc.now == REFS - 1;
	uint64_t count;

	pc.ns += pc.turn;
	if (++pc.ref_reads == pc.stop_at && pc.starts <= pc.stops)
		pc.ns += pc.stop_ns;
	if (pc.ref[pc.now].stands)
		return 7;
	if (pc.ref[pc.now].step)
		return pc.ref_reads * pc.ref[pc.now].step;
	count = (pit ? pc.ns - pc.started : pc.ns) * pc.ref[pc.now].hz / NS_PER_S;
	return ((uint32_t)count & pc.ref[pc.now].mask) | (pit && count > UINT16_MAX ? OVER : 0);
}

bool reference_start(const struct machine *m, uint32_t i, struct reference *out, bool *last)
{
	static const char *const name[] = { "HPET", "PM timer", "PIT" };
	uint64_t hz;

	(void)m;
	*last = i == REFS + PIT_TRIES - 2;
	i = MIN(i, REFS - 1);
	hz = pc.ref[i].says ? pc.ref[i].says : pc.ref[i].hz;
	pc.now = i;
	pc.started = pc.ns;
	pc.starts += !pc.ref[i].absent;
	pc.ref_reads = 0;
	*out = (struct reference){
		name[i], hz, pc.ref[i].mask, i == REFS - 1 ? OVER : 0, ref_read,
	};
	return !pc.ref[i].absent;
}

void reference_quiet(const struct machine *m)
{
	(void)m;
	pc.quiet++;
}

struct cpu_id cpu_id(uint32_t leaf, uint32_t subleaf)
{
	assert_int_equal(subleaf, 0);
	switch (leaf) {
	case 1: return (struct cpu_id){ .c = pc.features };
	case CPUID_CRYSTAL: return (struct cpu_id){ pc.crystal_hz ? 1 : 0, 100,
						    pc.crystal_hz, 0 };
	case CPUID_BASE: return (struct cpu_id){ .a = pc.base_mhz };
	case CPUID_HV: return (struct cpu_id){ .b = pc.xen_khz ? CPUID_HV_XEN : 0 };
	case CPUID_HV_XEN_TIME: return (struct cpu_id){ .c = pc.xen_khz };
	case CPUID_HV_TIMING: return (struct cpu_id){ .a = pc.hv_khz };
	case CPUID_POWER: return (struct cpu_id){ .d = pc.varies ? 0 : CPUID_POWER_INVARIANT };
	default: return (struct cpu_id){ ~0u, ~0u, ~0u, ~0u };
	}
}

uint32_t apic_read(uint32_t offset)
{
	assert_int_equal(offset, APIC_COUNT_NOW);
	pc.ns += pc.turn;
	return pc.apic_stands ? 9 : UINT32_MAX - (uint32_t)(pc.ns * (APIC_HZ / 1000000) / 1000);
}

void apic_write(uint32_t offset, uint32_t value)
{
	pc.apic[pc.apic_writes % ARRAY_SIZE(pc.apic)].offset = offset;
	pc.apic[pc.apic_writes++ % ARRAY_SIZE(pc.apic)].value = value;
}

static void machine(void)
{
	static const uint64_t hz[] = { 14318180, 3579545, 1193182 };
	static const uint32_t mask[] = { UINT32_MAX, 0xffffff, 0xffff };

	memset(&pc, 0, sizeof(pc));
	pc.turn = 10;
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
	assert_in_range(out.hz, TSC_HZ - TSC_HZ / 2000, TSC_HZ + TSC_HZ / 2000);
	assert_int_equal(out.irq, VECTOR_TIMER);
	assert_int_equal(out.doubt != NULL, pc.varies);
	assert_true(pc.quiet);
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
	pc.ref[0].step = 4096;			/* then it seems not to have advanced at all */
	pc.ref[0].mask = 8191;
	measured("PM timer");
	machine();
	pc.ns = 600 * NS_PER_S;			/* all three have been counting for a long time */
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
	pc.varies = true;
	measured("hypervisor");
	assert_true(pc.reads < 200000);
	pc.xen_khz = pc.hv_khz;
	pc.hv_khz = 1000;
	measured("hypervisor");
}

/* What is said is taken as it is, if it is from 1 MHz to 100 GHz. */
static void test_said(void **state)
{
	static const struct { uint32_t crystal, hv, mhz; uint64_t hz; const char *by; } all[] = {
		{ 25000000, 0, 0, TSC_HZ, "CPUID" }, { 0, 2500000, 0, TSC_HZ, "hypervisor" },
		{ 0, 1000, 0, 1000000, "hypervisor" }, { 0, 999, 2500, TSC_HZ, "CPUID" },
		{ 1000000000, 0, 0, 100000000000, "CPUID" },
		{ 1000000001, 0, 2500, TSC_HZ, "CPUID" }, { 25000000, 1000, 1, TSC_HZ, "CPUID" },
	};
	struct arch_timer out;

	(void)state;
	for (uint32_t i = 0; i < ARRAY_SIZE(all); i++) {
		machine();
		for (uint32_t k = 0; k < REFS; k++)
			pc.ref[k].absent = true;
		pc.crystal_hz = all[i].crystal;
		pc.hv_khz = all[i].hv;
		pc.base_mhz = all[i].mhz;
		pc.features = CPUID_1_HYPERVISOR;
		assert_null(arch_timer_start(NULL, true, &out));
		assert_true(out.hz == all[i].hz);
		assert_string_equal(out.by, all[i].by);
		assert_string_equal(out.name, "TSC");
		/* measured by it is the APIC's, but not by what is only its nominal rate */
		assert_int_equal(out.irq, all[i].mhz > 1 ? 0 : VECTOR_TIMER);
	}
}

/* How long it is measured: 3,000 ticks, or 200 us if these take less. What disturbs is left out. */
static void test_long(void **state)
{
	struct arch_timer out;

	(void)state;
	machine();
	pc.ref[0].absent = pc.ref[1].absent = true;
	measured("PIT");
	assert_in_range(pc.ns, 2514283, 2530000);
	machine();
	pc.crystal_hz = 25000000;
	measured("CPUID");
	assert_in_range(pc.ns, 200000, 202000);
	for (uint32_t last = 0; last < 5; last++) {	/* of each five samples only one is good */
		machine();
		pc.late = 0x3ff ^ 0x21 << last;
		measured("HPET");
	}
	machine();
	pc.ref[0].step = 600;			/* five more than the first are 3,000 */
	assert_null(arch_timer_start(NULL, false, &out));
	assert_true(pc.ref_reads == 5 + 1 + 5 && pc.reads == 2 * 5 + 2 * 5);
}

static void apic_wrote(uint32_t i, uint32_t offset, uint32_t value)
{
	assert_int_equal(pc.apic[i].offset, offset);
	assert_int_equal(pc.apic[i].value, value);
}

/* One interrupt: by the APIC's own count, or by the TSC's. */
static void test_alarm(void **state)
{
	struct arch_timer out;

	(void)state;
	machine();
	assert_null(arch_timer_start(NULL, true, &out));
	assert_int_equal(pc.apic_writes, 4);
	apic_wrote(0, APIC_LVT_TIMER, APIC_LVT_MASKED | VECTOR_TIMER);
	apic_wrote(1, APIC_DIVIDE, APIC_DIVIDE_1);
	apic_wrote(2, APIC_COUNT, UINT32_MAX);
	apic_wrote(3, APIC_COUNT, 0);
	pc.apic_writes = 0;
	arch_timer_cpu_start();
	apic_wrote(0, APIC_DIVIDE, APIC_DIVIDE_1);
	apic_wrote(1, APIC_LVT_TIMER, VECTOR_TIMER);
	pc.apic_writes = 0;
	arch_timer_at(arch_timer_count() + TSC_HZ / 1000);
	assert_int_equal(pc.apic[0].offset, APIC_COUNT);
	assert_in_range(pc.apic[0].value, APIC_HZ / 1000 - 1000, APIC_HZ / 1000 + 1000);
	arch_timer_at(0);				/* over: at once, but 0 is never */
	apic_wrote(1, APIC_COUNT, 1);
	pc.ns = 1717986000;				/* the TSC is a little below 2^32 */
	apic_per_tsc = scale_of(1, 1) + 1;		/* converted, this needs 65 bits */
	arch_timer_at(UINT64_MAX);
	apic_wrote(2, APIC_COUNT, UINT32_MAX);
	arch_timer_off();
	apic_wrote(3, APIC_COUNT, 0);
	assert_true(!msr[0] && pc.apic_writes == 4);
	machine();
	pc.features = CPUID_1_DEADLINE;
	assert_null(arch_timer_start(NULL, true, &out));
	assert_int_equal(pc.apic_writes, 2);
	arch_timer_cpu_start();
	apic_wrote(3, APIC_LVT_TIMER, VECTOR_TIMER | APIC_LVT_DEADLINE);
	arch_timer_at(4711);
	assert_true(msr[0] == MSR_TSC_DEADLINE && msr[1] == 4711);
	arch_timer_at(0);
	assert_int_equal(msr[1], 1);
	arch_timer_off();
	assert_int_equal(msr[1], 0);
	assert_int_equal(pc.apic_writes, 4);
}

/* All counters stand still. */
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
		assert_int_equal(pc.reads, (REFS + PIT_TRIES - 1) * (2 * 5 + 1000001));
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

/* The host stops the CPU for so long that the PIT wraps: it is started again, but not for ever. */
static void test_stopped(void **state)
{
	struct arch_timer out;

	(void)state;
	for (uint32_t at = 1; at < 3000; at += at < 20 ? 1 : 331)
		for (uint64_t ms = 50; ms < 400; ms += 29) {
			machine();
			pc.ref[0].absent = pc.ref[1].absent = true;
			pc.turn = 100;
			pc.stop_at = at;
			pc.stop_ns = ms * 1000000;
			pc.stops = PIT_TRIES - 1;
			measured("PIT");
			assert_true(pc.starts <= PIT_TRIES);
			if (ms > 55)
				assert_int_equal(pc.starts, PIT_TRIES);
		}
	pc.stops++;
	pc.starts = 0;
	assert_string_equal(arch_timer_start(NULL, true, &out),
			    "nothing to calibrate the TSC with");
	assert_int_equal(pc.starts, PIT_TRIES);
}

/* So long that the PM timer and the APIC's count wrap, too: it is measured again. */
static void test_stopped_long(void **state)
{
	static const char *const by[] = { "HPET", "PM timer", "CPUID" };

	(void)state;
	for (uint32_t ref = 0; ref < ARRAY_SIZE(by); ref++)
		for (uint32_t at = 1; at < 3000; at += at < 20 ? 1 : 331) {
			machine();
			pc.ref[0].absent = ref;
			pc.crystal_hz = ref == 2 ? 25000000 : 0;
			pc.stop_at = at;
			pc.stop_ns = 5 * NS_PER_S;
			pc.stops = 1;
			measured(by[ref]);
			assert_in_range(apic_per_tsc, scale_of(APIC_HZ, TSC_HZ + TSC_HZ / 500),
					scale_of(APIC_HZ, TSC_HZ - TSC_HZ / 500));
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_measured), cmocka_unit_test(test_said),
		cmocka_unit_test(test_long), cmocka_unit_test(test_alarm),
		cmocka_unit_test(test_stands), cmocka_unit_test(test_stopped),
		cmocka_unit_test(test_stopped_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
