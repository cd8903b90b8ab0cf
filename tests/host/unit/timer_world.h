/* SPDX-License-Identifier: MIT */
/*
 * timer_world.h - two CPUs, one at a time, with a counter of any frequency and an interrupt that
 * comes exactly when it was asked for, or late. Defines functions: for one test program.
 */
#ifndef TIMER_WORLD_H
#define TIMER_WORLD_H
#include "tests/host/unit/masked.h"
#include "kernel/cpu/cpu.h"
#include "kernel/irq/irq.h"
#include "kernel/time/clock.h"

#define OFF	UINT64_MAX

static struct cpu cpus[2], *now_on = cpus;
static uint64_t hz, count, alarm[2] = { OFF, OFF };
static irq_fn *handler;
static uint32_t interrupts, offs;
static uint64_t stall;			/* counts for which a host stops the CPU that waits */
static uint32_t late;			/* pauses after that until an interrupt that is due comes */

struct cpu *arch_cpu_this(void)
{
	return now_on;
}

static uint32_t own(void)
{
	return (uint32_t)(now_on - cpus);
}

/* Take the interrupt if it is due. */
static void deliver(void)
{
	const bool before = masked;

	if (masked || alarm[own()] == OFF || alarm[own()] > count)
		return;
	alarm[own()] = OFF;
	interrupts++;
	assert_true(interrupts < 10000000);	/* and not for ever */
	masked = true;
	handler(5, NULL);
	masked = before;
}

void arch_irq_restore(uint64_t before)
{
	masked = before;
	deliver();
}

void arch_irq_on(void)
{
	masked = false;
	deliver();
}

void arch_pause(void)
{
	count += 1 + hz / NS_PER_S;
	if (alarm[own()] != OFF) {
		count += stall;
		stall = 0;
		if (late && --late)
			return;
	}
	deliver();
}

void arch_wait(void)
{
	assert_true(masked && alarm[own()] != OFF);
	count = MAX(count, alarm[own()]);
	masked = false;
	deliver();
	masked = true;
}

bool irq_working(void)
{
	return true;
}

bool irq_handle(uint32_t number, irq_fn *fn, void *arg)
{
	assert_true(number == 5 && !arg);
	handler = fn;
	return true;
}

void irq_enable(uint32_t number)
{
	assert_int_equal(number, 5);
}

const char *arch_timer_start(const struct machine *m, bool irqs, struct arch_timer *out)
{
	assert_true(!m && irqs);
	*out = (struct arch_timer){ .hz = hz, .irq = 5 };
	return NULL;
}

void arch_timer_cpu_start(void)
{
}

uint64_t arch_timer_count(void)
{
	return count;
}

void arch_timer_off(void)
{
	offs++;
	alarm[own()] = OFF;
}

void arch_timer_at(uint64_t at)
{
	alarm[own()] = at;
}
#endif
