/* SPDX-License-Identifier: MIT */
/* clock.c - see clock.h. */
#include "kernel/time/clock.h"
#include "arch/irq.h"
#include "arch/smp.h"
#include "kernel/cpu/cpu.h"
#include "kernel/cpu/lock.h"
#include "kernel/irq/irq.h"
#include "kernel/time/timeout.h"

#define CHECK_NS	(20 * NS_PER_US)
#define CHECK_MAX_NS	(500 * NS_PER_MS)	/* enough for a machine that is merely slow */
#define COUNT_READS	1000000		/* by then the count of a running clock changes */

uint64_t clock_hz;
static uint64_t clock_began, ns_of_counts, counts_of_ns;
static uint32_t clock_irq;
static bool timers;			/* they work: the interrupt has been seen */

uint64_t clock_now(void)
{
	return scale(arch_timer_count() - clock_began, ns_of_counts);
}

/*
 * Convert the time from now, not since clock_start(): rounding then affects only this interval. If
 * timers have been called since `began` (UINT64_MAX: none), the next interrupt is at least as far
 * away: otherwise timers that are always due would leave no time for the code they interrupt.
 */
static void arm(const struct timer_queue *q, uint64_t began)
{
	const uint64_t count = arch_timer_count(), now = scale(count - clock_began, ns_of_counts);
	uint64_t wait, at;

	if (!q->first) {
		arch_timer_off();
		return;
	}
	at = MAX(q->first->at, now + (now - MIN(now, began)));
	wait = at > now ? scale_limited(at - now, counts_of_ns) : 0;
	arch_timer_at(wait < UINT64_MAX - count ? count + wait + 1 : UINT64_MAX);
}

/* What a timer's call sets, itself or another timer, waits for the next interrupt. */
static void put(struct timer_cpu *c, struct timer *t, uint64_t at)
{
	t->at = MAX(at, c->ran + 1);
	queue_put(&c->queue, t);
}

static void timer_interrupt(uint32_t number, void *arg)
{
	struct timer_cpu *c = &cpu_this()->timers;
	const uint64_t now = clock_now();
	struct timer *t;

	(void)number;
	(void)arg;
	c->ran = now;
	lock_acquire_fast(&c->lock);
	while ((t = queue_due(&c->queue, now))) {
		timer_fn *fn = t->fn;
		void *fn_arg = t->arg;

		if (t->every)
			put(c, t, t->at + t->every);
		lock_release(&c->lock);
		fn(t, fn_arg);
		lock_acquire_fast(&c->lock);
	}
	arm(&c->queue, now);
	lock_release(&c->lock);
}

/* The timer's CPU, whose lock is taken. NULL: it was never set. */
static struct timer_cpu *queue_of(struct timer *t)
{
	struct timer_cpu *c;

	while ((c = __atomic_load_n(&t->cpu, __ATOMIC_ACQUIRE))) {
		lock_acquire(&c->lock);
		if (__atomic_load_n(&t->cpu, __ATOMIC_RELAXED) == c)
			return c;
		lock_release(&c->lock);
	}
	return NULL;
}

/* With interrupts masked. */
static bool cancel(struct timer *t)
{
	struct timer_cpu *c = queue_of(t);
	bool was_set, was_first;

	if (!c)
		return false;
	was_set = t->link != NULL;
	was_first = c->queue.first == t;
	if (was_set)
		queue_remove(t);
	if (was_first && c == &cpu_this()->timers)
		arm(&c->queue, UINT64_MAX);
	lock_release(&c->lock);
	return was_set;
}

bool timer_cancel(struct timer *t)
{
	const uint64_t masked = arch_irq_save();
	const bool was_set = cancel(t);

	arch_irq_restore(masked);
	return was_set;
}

static bool set(struct timer *t, uint64_t at, uint64_t every, timer_fn *fn, void *arg)
{
	struct timer_cpu *c;
	uint64_t masked;

	if (!timers)
		return false;
	masked = arch_irq_save();
	(void)cancel(t);
	c = &cpu_this()->timers;
	lock_acquire(&c->lock);
	t->every = every;
	t->fn = fn;
	t->arg = arg;
	__atomic_store_n(&t->cpu, c, __ATOMIC_RELEASE);
	put(c, t, at);
	if (c->queue.first == t)
		arm(&c->queue, UINT64_MAX);
	lock_release(&c->lock);
	arch_irq_restore(masked);
	return true;
}

bool timer_set(struct timer *t, uint64_t at, timer_fn *fn, void *arg)
{
	return set(t, at, 0, fn, arg);
}

/* The time in `ns` nanoseconds; the last one if that is too far away. */
static uint64_t after(uint64_t ns)
{
	const uint64_t now = clock_now();

	return ns < UINT64_MAX - now ? now + ns : UINT64_MAX;
}

bool timer_every(struct timer *t, uint64_t every, timer_fn *fn, void *arg)
{
	return set(t, after(every), MAX(every, 1), fn, arg);
}

static void wake(struct timer *t, void *arg)
{
	(void)t;
	*(volatile bool *)arg = true;
}

void time_sleep(uint64_t ns)
{
	const uint64_t until = after(ns), masked = arch_irq_save();
	volatile bool over = false;
	struct timer t = { 0 };

	if (timer_set(&t, until, wake, (void *)&over))
		while (!over)
			arch_wait();
	arch_irq_restore(masked);
	while (clock_hz && clock_now() < until)	/* without timers, or in the last nanosecond */
		arch_pause();
}

/* Without this test, a timer that does not interrupt would block the first time_sleep() forever. */
static bool answers(void)
{
	struct timeout limit = { .left = CHECK_MAX_NS };
	volatile bool over = false;
	struct timer t = { 0 };

	timers = true;
	timer_set(&t, clock_now() + CHECK_NS, wake, (void *)&over);
	arch_irq_on();
	while (!over && timeout_pause(&limit))
		;
	(void)arch_irq_save();
	timers = !timer_cancel(&t);
	return timers;
}

/* A counter that stands still would block the first wait forever. */
static bool counts(void)
{
	const uint64_t from = arch_timer_count();

	for (uint32_t i = 0; i < COUNT_READS; i++) {
		if (arch_timer_count() != from)
			return true;
		arch_pause();
	}
	return false;
}

const char *clock_start(const struct machine *m, struct arch_timer *out)
{
	const bool irqs = irq_working();
	const char *why = arch_timer_start(m, irqs, out);

	if (why)
		return why;
	if (!counts())
		return "it is stuck";
	clock_hz = out->hz;
	clock_began = arch_timer_count();
	ns_of_counts = scale_of(NS_PER_S, clock_hz);
	counts_of_ns = scale_of(clock_hz, NS_PER_S);
	if (!out->irq)
		return NULL;
	irq_handle(out->irq, timer_interrupt, NULL);
	clock_irq = out->irq;
	clock_cpu_start();
	if (!answers()) {
		out->irq = 0;
		out->doubt = "its timer never interrupts";
	}
	return NULL;
}

void clock_cpu_start(void)
{
	if (!clock_irq)
		return;
	arch_timer_cpu_start();
	irq_enable(clock_irq);
}
