/* SPDX-License-Identifier: MIT */
/* irq.c - see irq.h. A one-byte index for each interrupt number keeps the tables small. */
#include "kernel/irq/irq.h"
#include "kernel/cpu/cpu.h"
#include "kernel/cpu/lock.h"
#include "kernel/cpu/trap.h"

#define UNEXPECTED	0		/* index in action[] of all numbers without a handler */

static NOINIT struct irq_action {
	irq_fn *fn;
	void *arg;
	uint64_t count;
	uint32_t number;		/* 0: free */
} action[1 + IRQ_HANDLERS];
static uint32_t actions;		/* the valid ones come first */
static uint8_t chosen[ARCH_IRQS];	/* for each number, its index in action[] */
static struct lock lock;		/* held to change either, and the controller's registers */
static bool working;

struct irq_counts irq_counts;

/* Mask it: an unhandled level-triggered interrupt would be taken again at once, forever. */
static void unexpected(uint32_t number, void *arg)
{
	(void)arg;
	lock_acquire(&lock);
	irq_counts.unexpected++;
	irq_counts.unexpected_last = number;
	arch_irq_disable(number);
	lock_release(&lock);
}

static void irq_dispatch(uint32_t vector)
{
	const uint32_t taken = arch_irq_ack(vector), number = ARCH_IRQ_NUMBER(taken);
	struct irq_action *a;

	if (number >= ARCH_IRQS) {
		irq_counts.spurious++;
		return;
	}
	a = &action[chosen[number]];
	a->count++;
	a->fn(number, a->arg);
	arch_irq_eoi(taken);
}

struct start {
	const struct machine *m;
	struct arch_irq *out;
	const char *why;
};

static void start(void *arg)
{
	struct start *s = arg;

	s->why = arch_irq_start(s->m, s->out);
	if (!s->why)
		s->why = arch_irq_cpu_start(cpu_this());
}

/* Some machines raise an exception if a table names a controller that does not exist. */
const char *irq_start(const struct machine *m, struct arch_irq *out)
{
	struct start s = { .m = m, .out = out };
	struct trap_info fault;

	action[UNEXPECTED] = (struct irq_action){ .fn = unexpected };
	actions = 1;
	if (!trap_try(start, &s, &fault))
		s.why = "no controller at its address";
	working = !s.why;
	if (working)
		trap_irq = irq_dispatch;
	return s.why;
}

const char *irq_cpu_start(void)
{
	return working ? arch_irq_cpu_start(cpu_this()) : "no interrupt controller";
}

bool irq_working(void)
{
	return working;
}

static bool handle(uint32_t number, irq_fn *fn, void *arg)
{
	uint32_t i = chosen[number];

	if (!fn) {
		__atomic_store_n(&chosen[number], UNEXPECTED, __ATOMIC_RELEASE);
		action[i].number = 0;
		return true;
	}
	if (i != UNEXPECTED)
		return false;
	for (i = 1; i < actions && action[i].number; i++)
		;
	if (i == ARRAY_SIZE(action))
		return false;
	actions = MAX(actions, i + 1);
	action[i] = (struct irq_action){ .fn = fn, .arg = arg, .number = number };
	__atomic_store_n(&chosen[number], (uint8_t)i, __ATOMIC_RELEASE);
	return true;
}

bool irq_handle(uint32_t number, irq_fn *fn, void *arg)
{
	uint64_t masked;
	bool done;

	if (!working || !number || number >= ARCH_IRQS)	/* 0: see action[] */
		return false;
	masked = lock_acquire_irq(&lock);
	done = handle(number, fn, arg);
	lock_release_irq(&lock, masked);
	return done;
}

void irq_enable(uint32_t number)
{
	uint64_t masked;

	if (!working || number >= ARCH_IRQS)
		return;
	masked = lock_acquire_irq(&lock);
	arch_irq_enable(number);
	lock_release_irq(&lock, masked);
}

void irq_disable(uint32_t number)
{
	uint64_t masked;

	if (!working || number >= ARCH_IRQS)
		return;
	masked = lock_acquire_irq(&lock);
	arch_irq_disable(number);
	lock_release_irq(&lock, masked);
}

uint32_t irq_of_gsi(uint32_t gsi, uint32_t how)
{
	uint64_t masked;
	uint32_t number;

	if (!working)
		return 0;
	masked = lock_acquire_irq(&lock);
	number = arch_irq_of_gsi(gsi, how);
	lock_release_irq(&lock, masked);
	return number;
}

uint32_t irq_of_isa(uint32_t isa)
{
	uint64_t masked;
	uint32_t number;

	if (!working)
		return 0;
	masked = lock_acquire_irq(&lock);
	number = arch_irq_of_isa(isa);
	lock_release_irq(&lock, masked);
	return number;
}

uint32_t irq_of_ipi(uint32_t ipi)
{
	return arch_irq_of_ipi(ipi);
}

void irq_send(const struct cpu *to, uint32_t ipi)
{
	if (working)
		arch_irq_send(to, ipi);
}

uint64_t irq_count(uint32_t number)
{
	const uint32_t i = number < ARCH_IRQS ? chosen[number] : UNEXPECTED;

	return i == UNEXPECTED ? 0 : action[i].count;
}
