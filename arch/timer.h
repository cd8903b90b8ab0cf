/* SPDX-License-Identifier: MIT */
/*
 * timer.h - a free-running counter, and an interrupt when it reaches a value.
 */
#ifndef ARCH_TIMER_H
#define ARCH_TIMER_H
#include "lib/base.h"

struct machine;

/* What was found. All text is constant. */
struct arch_timer {
	const char *name;	/* "TSC", "generic timer" */
	uint64_t hz;		/* frequency of the counter */
	const char *by;		/* where that is from: "HPET", "CNTFRQ_EL0" */
	const char *doubt;	/* why it may be wrong, in a few words; or NULL */
	uint32_t irq;		/* number of the timer's interrupt; 0: none */
};

/*
 * Find the counter and its frequency. Once, on the boot CPU, after arch_irq_start(). `irqs`: an
 * interrupt controller works. The timer does not interrupt yet. Returns NULL, or why there is no
 * clock.
 */
const char *arch_timer_start(const struct machine *m, bool irqs, struct arch_timer *out);

/* Start this CPU's timer: on every CPU, also the boot CPU, after arch_irq_cpu_start(). */
void arch_timer_cpu_start(void);

/* Read the counter. On one CPU it never decreases, and is not read ahead of earlier loads. */
uint64_t arch_timer_count(void);

/*
 * Interrupt this CPU once, when the counter reaches `count`; at once if it already has. Replaces
 * what was set before. May interrupt early if the timer cannot be set that far ahead.
 */
void arch_timer_at(uint64_t count);

/* Stop the timer. A pending interrupt is dropped, or arrives without a reason. */
void arch_timer_off(void);
#endif
