/* SPDX-License-Identifier: MIT */
/*
 * timer.h - a counter that goes on by itself, and an interrupt when it reaches a value.
 */
#ifndef ARCH_TIMER_H
#define ARCH_TIMER_H
#include "lib/base.h"

struct machine;

/* What was found. Texts are constants. */
struct arch_timer {
	const char *name;	/* "TSC", "generic timer" */
	uint64_t hz;		/* of the counter */
	const char *by;		/* what said so: "HPET", "CNTFRQ_EL0" */
	const char *doubt;	/* why it may be wrong, in a few words, or NULL */
	uint32_t irq;		/* number of the timer's interrupt; 0: there is none */
};

/*
 * Find the counter and how fast it is, on the boot CPU, once, after arch_irq_start(). The timer
 * interrupts nobody. NULL, or why there is no clock. `irqs`: an interrupt controller works.
 */
const char *arch_timer_start(const struct machine *m, bool irqs, struct arch_timer *out);

/* The timer of this CPU from now on, after arch_irq_cpu_start(); the boot CPU's, too. */
void arch_timer_cpu_start(void);

/* The counter: on one CPU it never goes back, and is not read before what comes before it. */
uint64_t arch_timer_count(void);

/*
 * Interrupt this CPU when the counter has reached `count`, at once if it has; once, and nothing
 * that was set before. It may be early, where the timer cannot be set so far ahead.
 */
void arch_timer_at(uint64_t count);

/* No interrupt any more; one that waits is gone, or comes for nothing. */
void arch_timer_off(void);
#endif
