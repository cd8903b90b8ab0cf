/* SPDX-License-Identifier: MIT */
/*
 * selftest_time.c - checks of the clock and of timer interrupts. Nothing may be early; lateness has
 * no limit, as the machine may be slow. Parts that the machine lacks, which the report names, are
 * not checked.
 */
#include "arch/irq.h"
#include "arch/smp.h"
#include "kernel/selftest.h"
#include "kernel/time/clock.h"

#define READS		1000
#define TIMERS		3
#define TICKS		3
#define STEP_NS		(100 * NS_PER_US)
#define LATE_NS		(2 * NS_PER_S)

static struct {
	uint32_t order[TIMERS];		/* which fired first, second, ... */
	volatile uint32_t fired;
	bool early;
} seen;

const char *check_clock(struct kernel *k)
{
	uint64_t before = clock_now();
	const uint64_t first = before;

	(void)k;
	if (!clock_hz)
		return NULL;
	for (uint32_t i = 0; i < READS; i++) {
		const uint64_t now = clock_now();

		if (now < before)
			return selftest_why("%llu ns after %llu", LL(now), LL(before));
		before = now;
	}
	return before > first ? NULL : "it is stuck";
}

static void note(struct timer *t, void *arg)
{
	if (clock_now() < t->at && !t->every)
		seen.early = true;
	if (seen.fired < TIMERS)
		seen.order[seen.fired] = *(const uint32_t *)arg;
	seen.fired++;
}

/* Take interrupts until `count` timers have fired; false if they do not. */
static bool all_fired(uint32_t count)
{
	const uint64_t until = clock_now() + LATE_NS;
	const uint64_t masked = arch_irq_save();

	arch_irq_on();
	while (seen.fired < count && clock_now() < until)
		arch_pause();
	(void)arch_irq_save();
	arch_irq_restore(masked);
	return seen.fired >= count;
}

/*
 * With interrupts masked: on a slow machine the first timer would fire while others are being set.
 */
static const char *timers_try(void)
{
	static const uint32_t when[TIMERS] = { 3, 1, 2 };
	struct timer timer[TIMERS] = { 0 }, not = { 0 };
	const uint64_t now = clock_now();

	seen.fired = 0;
	seen.early = false;
	timer_set(&not, now + STEP_NS, note, (void *)&when[0]);
	for (uint32_t i = 0; i < TIMERS; i++)
		timer_set(&timer[i], now + when[i] * STEP_NS, note, (void *)&when[i]);
	if (!timer_cancel(&not) || timer_cancel(&not))
		return "a cancelled timer was not set, or still is";
	if (!all_fired(TIMERS))
		return selftest_why("%u of %u ran", seen.fired, TIMERS);
	for (uint32_t i = 0; i < TIMERS; i++)
		if (seen.order[i] != i + 1)
			return selftest_why("timer %u fired as number %u", seen.order[i], i + 1);
	return seen.early ? "one fired early" : NULL;
}

const char *check_timers(struct kernel *k)
{
	const uint64_t masked = arch_irq_save();
	const char *why = k->timer.irq ? timers_try() : NULL;

	arch_irq_restore(masked);
	return why;
}

const char *check_ticks(struct kernel *k)
{
	static const uint32_t number = 0;
	struct timer tick = { 0 };
	uint32_t fired;

	seen.fired = 0;
	if (!k->timer.irq)
		return NULL;
	timer_every(&tick, STEP_NS, note, (void *)&number);
	if (!all_fired(TICKS))
		return selftest_why("%u of %u ran", seen.fired, TICKS);
	if (!timer_cancel(&tick))
		return "it was no longer set";
	fired = seen.fired;
	time_sleep(3 * STEP_NS);
	return seen.fired == fired ? NULL : "it fired after it was cancelled";
}

const char *check_sleep(struct kernel *k)
{
	const uint64_t ns = 10 * STEP_NS, before = clock_now();

	(void)k;
	if (!clock_hz)
		return NULL;
	time_sleep(ns);
	if (clock_now() - before < ns)
		return selftest_why("%llu ns instead of %llu", LL(clock_now() - before), LL(ns));
	time_sleep(0);
	return NULL;
}
