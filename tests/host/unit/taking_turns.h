/* SPDX-License-Identifier: MIT */
/*
 * taking_turns.h - five CPUs that take turns: whenever one waits, the others handle the interrupts
 * sent to them, unless they are stuck.
 */
#ifndef UNIT_TAKING_TURNS_H
#define UNIT_TAKING_TURNS_H
#include "tests/host/unit/no_irq.h"
#include "arch/map.h"
#include "arch/smp.h"
#include "kernel/cpu/call.c"
#include "kernel/cpu/turn.h"
#include "kernel/irq/irq.h"
#include "kernel/time/clock.h"
#include "lib/console/console.h"
#include "lib/console/panic.h"

#define CPUS	5

static struct cpu cpu[CPUS] = { { 0 }, { .index = 1 }, { .index = 2 }, { .index = 3 },
				{ .index = CPU_MAX - 1 } };	/* a gap */
static struct cpu *const c[CPUS] = { &cpu[0], &cpu[1], &cpu[2], &cpu[3], &cpu[4] };
static struct cpu *now;
static bool stuck[CPUS], interrupted[CPUS];
static uint32_t warnings, flushes, pauses;
static uint64_t ns, seed = 1;
static uint32_t stall;			/* readings of the clock until all CPUs stand still */
static irq_fn *handler;
static bool giving;			/* work, under a lock */
static uint32_t sends;
static uint32_t *ends;			/* becomes 0 at this time */
static uint64_t ends_at;

struct cpu *arch_cpu_this(void)
{
	return now;
}

void arch_cpu_set(struct cpu *to)
{
	now = to;
}

void panic(const char *fmt, ...)
{
	fail_msg("%s", fmt);
	abort();
}

bool (*console_turn)(bool take);

void arch_map_flush(void)
{
	flushes++;
	assert_false(now->silent);		/* or others skip it, and this flush is too early */
}

static void wakes(void);

uint64_t clock_now(void)
{
	if (stall && !--stall) {
		ns += 60 * NS_PER_S;
		wakes();
	}
	return ns += NS_PER_US;
}

bool irq_handle(uint32_t number, irq_fn *fn, void *arg)
{
	assert_true(number == 7 && !arg);
	handler = fn;
	return true;
}

uint32_t irq_of_ipi(uint32_t ipi)
{
	assert_int_equal(ipi, IPI_CALL);
	return 7;
}

static uint32_t which(const struct cpu *of)
{
	uint32_t i = 0;

	while (c[i] != of)
		i++;
	return i;
}

void irq_send(const struct cpu *to, uint32_t ipi)
{
	assert_int_equal(ipi, IPI_CALL);
	assert_int_equal(lock_held(&work_lock), giving);
	interrupted[which(to)] = true;
	sends++;
}

void console_warn(const char *fmt, ...)
{
	warnings += strstr(fmt, "does not answer") != NULL;
}

/* After that stall: CPU 2 sees its interrupts, and CPU 0 has printed. */
static void wakes(void)
{
	struct cpu *const before = now;

	stuck[2] = false;
	now = c[0];
	console_turn_give(true);
	now = before;
}

/* One CPU takes its interrupt, if it has any and can. */
static void run(uint32_t i)
{
	struct cpu *const before = now;
	const bool was = masked;

	if (stuck[i] || !interrupted[i] || c[i] == before)
		return;
	interrupted[i] = false;
	now = c[i];
	masked = true;
	handler(7, NULL);
	now = before;
	masked = was;
}

static struct cpu_work *finished;	/* CPU 1 finishes this then, and that many do not */
static uint64_t finishes;
static uint32_t unfinished;

void arch_pause(void)
{
	pauses++;
	if (finished && ns >= finishes) {
		c[1]->work = NULL;
		finished->left = unfinished;
		finished = NULL;
	}
	if (ends && ns >= ends_at) {
		*ends = 0;
		ends = NULL;
	}
	ns += 10 * NS_PER_MS;
	run(rnd_below(&seed, CPUS));
}

static void start(void)
{
	if (!cpu_count())
		memset(cpu_table, 0xa5, sizeof(cpu_table));	/* .bss.noinit */
	cpu_expect(c[CPUS - 1]->index + 1);
	for (uint32_t i = 0; i < CPUS; i++) {
		const uint32_t index = c[i]->index;

		*c[i] = (struct cpu){ .idles = true };
		now = c[i];
		cpu_prepare(c[i], index, 100 + index);
		cpu_publish(c[i]);
		stuck[i] = interrupted[i] = false;
	}
	now = c[0];
	warnings = flushes = pauses = sends = 0;
	assert_true(call_start());
	assert_int_equal(cpu_count(), c[CPUS - 1]->index + 1);
}
#endif
