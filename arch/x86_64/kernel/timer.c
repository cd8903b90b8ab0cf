/* SPDX-License-Identifier: MIT */
/*
 * timer.c - the TSC, and the local APIC's timer: in TSC-deadline mode if the CPU has it, else as a
 * one-shot countdown whose rate is measured (SDM 3A 11.5.4, 3B 18.17).
 */
#include "arch/timer.h"
#include "apic.h"
#include "arch/x86_64/boot/cpu.h"
#include "kernel/time/scale.h"
#include "reference.h"

#define CPUID_1_DEADLINE	BIT(24)	/* ECX */
#define CPUID_1_HYPERVISOR	BIT(31)	/* ECX */
#define CPUID_CRYSTAL		0x15
#define CPUID_BASE		0x16		/* EAX: MHz */
#define CPUID_POWER		0x80000007
#define CPUID_POWER_INVARIANT	BIT(8)	/* EDX: the TSC runs at a constant rate */
#define MSR_TSC_DEADLINE	0x6e0

#define HZ_MIN			1000000
#define HZ_MAX			100000000000

/* Long enough for 0.1 % accuracy, short enough not to delay the boot. */
#define MEASURE_PER_S		5000		/* at least 200 microseconds */
#define MEASURE_TICKS		3000		/* and at least this many ticks of the reference */
#define MEASURE_TSC_MAX		1000000000	/* a reference has stopped, or the CPU has */
#define MEASURE_TRIES		3
#define MEASURE_TURNS_MAX	1000000		/* so has the TSC */
#define SAMPLE_TRIES		5

static bool deadline;
static uint64_t apic_per_tsc;		/* scale */

struct sample {
	uint64_t tsc;
	uint32_t ref, apic;
};

/* Without LFENCE, RDTSC may execute before earlier instructions (SDM 2B, RDTSC). */
uint64_t arch_timer_count(void)
{
	uint32_t lo, hi;

	__asm__ volatile("lfence\n\trdtsc" : "=a"(lo), "=d"(hi) :: "memory");
	return (uint64_t)hi << 32 | lo;
}

/* Read all three counters at once: the fastest of a few attempts is the least disturbed. */
static void sample(const struct reference *r, struct sample *out, bool apic)
{
	uint64_t best = UINT64_MAX;

	for (uint32_t i = 0; i < SAMPLE_TRIES; i++) {
		const uint64_t before = arch_timer_count();
		const uint32_t ref = r->read(), count = apic ? apic_read(APIC_COUNT_NOW) : 0;
		const uint64_t took = arch_timer_count() - before;

		if (took >= best)
			continue;
		best = took;
		*out = (struct sample){ before + took / 2, ref, count };
	}
}

static uint32_t tsc_low(void)
{
	return (uint32_t)arch_timer_count();
}

static bool plausible(uint64_t hz)
{
	return hz >= HZ_MIN && hz <= HZ_MAX;
}

/*
 * Measure TSC and APIC timer. False: the reference does not count, or has wrapped because the host
 * stopped the CPU, or the result is implausible.
 */
static bool measure(const struct reference *r, bool apic, uint64_t *tsc_hz, uint64_t *apic_hz)
{
	const uint64_t ticks = MAX(r->hz / MEASURE_PER_S, MEASURE_TICKS);
	uint32_t tries = MEASURE_TRIES;
	struct sample from, to;
	uint64_t factor;

	do {		/* again if a counter may have wrapped while the CPU was stopped */
		if (!tries--)
			return false;
		if (apic)
			apic_write(APIC_COUNT, UINT32_MAX);
		sample(r, &from, apic);
		for (uint32_t turn = 0; ((r->read() - from.ref) & r->mask) < ticks; turn++) {
			if (arch_timer_count() - from.tsc > MEASURE_TSC_MAX)
				break;
			if (turn == MEASURE_TURNS_MAX)
				return false;
		}
		sample(r, &to, apic);
		if (to.ref & r->over || !((to.ref - from.ref) & r->mask))
			return false;
	} while (to.tsc - from.tsc > MEASURE_TSC_MAX);
	if (apic)
		apic_write(APIC_COUNT, 0);
	factor = scale_of(r->hz, (to.ref - from.ref) & r->mask);
	*tsc_hz = scale(to.tsc - from.tsc, factor);
	*apic_hz = scale(from.apic - to.apic, factor);
	return plausible(*tsc_hz);
}

/* The TSC's frequency from CPUID or the hypervisor, without measuring. 0: not available. */
static uint64_t tsc_said(const char **by)
{
	const struct cpu_id crystal = cpu_id(CPUID_CRYSTAL, 0);
	uint64_t hz = 0;

	*by = "CPUID";
	if (crystal.a)
		hz = (uint64_t)crystal.c * crystal.b / crystal.a;
	if (!hz && cpu_id(1, 0).c & CPUID_1_HYPERVISOR) {
		hz = cpu_hypervisor_hz();
		*by = "hypervisor";
	}
	return plausible(hz) ? hz : 0;
}

/* Find both frequencies. Returns the TSC's; 0: there is nothing to measure it by. */
static uint64_t frequencies(const struct machine *m, bool apic, uint64_t *apic_hz, const char **by)
{
	uint64_t hz = tsc_said(by), again;
	bool last = false;

	if (hz && apic) {
		const struct reference tsc = { "TSC", hz, UINT32_MAX, 0, tsc_low };

		(void)measure(&tsc, true, &again, apic_hz);
	}
	for (uint32_t i = 0; !hz && !last; i++) {
		struct reference r;

		if (reference_start(m, i, &r, &last) && measure(&r, apic, &again, apic_hz)) {
			hz = again;
			*by = r.name;
		}
	}
	if (!hz) {
		hz = cpu_id(CPUID_BASE, 0).a * 1000000ull;
		*by = "CPUID";
	}
	return hz;
}

const char *arch_timer_start(const struct machine *m, bool irqs, struct arch_timer *out)
{
	uint64_t apic_hz = 0;

	reference_quiet(m);
	deadline = irqs && cpu_id(1, 0).c & CPUID_1_DEADLINE;
	if (irqs) {
		apic_write(APIC_LVT_TIMER, APIC_LVT_MASKED | VECTOR_TIMER);
		apic_write(APIC_DIVIDE, APIC_DIVIDE_1);
	}
	*out = (struct arch_timer){ .name = "TSC" };
	out->hz = frequencies(m, irqs && !deadline, &apic_hz, &out->by);
	if (!out->hz)
		return "nothing to calibrate the TSC with";
	if (!(cpu_id(CPUID_POWER, 0).d & CPUID_POWER_INVARIANT))
		out->doubt = "it is not invariant";
	if (irqs && (deadline || apic_hz))
		out->irq = VECTOR_TIMER;
	if (apic_hz)
		apic_per_tsc = scale_of(apic_hz, out->hz);
	return NULL;
}

void arch_timer_cpu_start(void)
{
	apic_write(APIC_DIVIDE, APIC_DIVIDE_1);
	apic_write(APIC_LVT_TIMER, VECTOR_TIMER | (deadline ? APIC_LVT_DEADLINE : 0));
	/* or a write of the deadline MSR could overtake the store to the LVT (SDM 3A 11.5.4.1) */
	__asm__ volatile("mfence" ::: "memory");
}

void arch_timer_at(uint64_t count)
{
	uint64_t now;

	if (deadline) {
		msr_write(MSR_TSC_DEADLINE, count ? count : 1);		/* 0: off */
		return;
	}
	now = arch_timer_count();
	count = count > now ? scale_limited(count - now, apic_per_tsc) : 0;
	apic_write(APIC_COUNT, (uint32_t)MIN(MAX(count, 1), UINT32_MAX));
}

void arch_timer_off(void)
{
	if (deadline)
		msr_write(MSR_TSC_DEADLINE, 0);
	else
		apic_write(APIC_COUNT, 0);
}
